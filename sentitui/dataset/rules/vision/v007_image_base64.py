"""V007: a data URL holds base64."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.vision.image import base64_problem, data_url, has_parts, images
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for image in images(subject):
        url = image.url or ""
        parsed = data_url(url)
        if parsed is None:
            if url[:5].lower() == "data:":
                yield Finding("The data URL has no comma before its data.", image.url_path)
            continue
        if not parsed.is_base64:
            yield Finding("A data URL must say ;base64 before its data.", image.url_path)
            continue
        problem = base64_problem(url, parsed)
        if problem is not None:
            yield Finding(f"The data of the image is not base64: {problem}.", image.url_path)


RULE = Rule(
    code="V007",
    names=("image-base64",),
    severity=Severity.ERROR,
    formats=frozenset({Format.CHAT, Format.REINFORCEMENT}),
    doc=Doc(
        what="An image's data URL does not hold base64.",
        why="The image cannot be read.",
        example='"url": "data:image/png,%89PNG..."',
        instead='"url": "data:image/png;base64,iVBORw0KGgo..."',
        fix="None: the image's bytes are not known.",
        source="vision fine-tuning guide; RFC 2397",
    ),
    checks=(ExampleCheck(_check, needs=has_parts),),
)
