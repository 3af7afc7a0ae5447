"""V004: an image part holds `{"url": ...}`, and a detail that exists."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.repairs import value_at, wrap
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.vision.image import Image, has_parts, images
from sentitui.dataset.subject import Subject

DETAILS = ("auto", "low", "high")
_WRAP = Fix('Write it as {"url": …}', safe=True)


def _check(subject: Subject) -> Iterator[Finding]:
    for image in images(subject):
        yield from _image(image)


def _image(image: Image) -> Iterator[Finding]:
    path = f"{image.path}.image_url"
    if "image_url" not in image.part:
        yield Finding("The image part has no image_url.", image.path)
        return
    value = image.part["image_url"]
    if not isinstance(value, dict):
        message = f'image_url must be an object {{"url": …}}, not {type_name(value)}.'
        yield Finding(message, path, fix=_WRAP if isinstance(value, str) else None)
        return
    if not isinstance(value.get("url"), str):
        found = type_name(value["url"]) if "url" in value else "missing"
        yield Finding(
            f"The url of an image must be a string; it is {found}.", f"{path}.url" if "url" in value else path
        )
    detail = value.get("detail")
    if detail is not None and detail not in DETAILS:
        message = f"The detail of an image is one of {', '.join(DETAILS)}, not {shown(repr(detail))}."
        yield Finding(message, f"{path}.detail", "image-detail")


def _repair(line: bytes, finding: Finding) -> bytes | None:
    is_text = isinstance(value_at(line, finding.path), str)
    return wrap(line, finding.path, b'{"url": ', b"}") if is_text else None


RULE = Rule(
    code="V004",
    names=("image-url-shape", "image-detail"),
    severity=Severity.ERROR,
    formats=frozenset({Format.CHAT, Format.REINFORCEMENT}),
    doc=Doc(
        what='An image part must hold `"image_url": {"url": "..."}`; its detail is auto, low or high.',
        why="The schema of an image part allows nothing else; the job is refused.",
        example='{"type": "image_url", "image_url": "https://example.com/a.png"}',
        instead='{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}',
        fix="Safe: a bare URL is put into an object.",
        source="openai-openapi f85dbe2, ChatCompletionRequestMessageContentPartImage",
    ),
    checks=(ExampleCheck(_check, needs=has_parts),),
    repair=_repair,
)
