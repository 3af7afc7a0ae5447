"""V006: an image is a JPEG, PNG or WEBP in RGB or RGBA, and its MIME type says so."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.rules.repairs import change
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.vision.image import Image, data_url, has_parts, head, images
from sentitui.dataset.rules.vision.kind import TAKEN, kind_of
from sentitui.dataset.subject import Subject

# image/jpg is not registered but means the same to every reader.
_SAME = {"image/jpg": "image/jpeg"}


def _check(subject: Subject) -> Iterator[Finding]:
    for image in images(subject):
        yield from _image(image)


def _image(image: Image) -> Iterator[Finding]:
    url = image.url or ""
    parsed = data_url(url)
    if parsed is None or not parsed.is_base64:
        return
    kind = kind_of(head(url, parsed))
    if kind is None or kind.name not in TAKEN:
        found = f"this is {kind.name.upper()}" if kind is not None else "its bytes are none of them"
        yield Finding(f"Only JPEG, PNG and WEBP images are read; {found}.", image.url_path, "image-format")
        return
    if kind.odd_colours is not None:
        message = f"Images must be RGB or RGBA; this {kind.name.upper()} is {kind.odd_colours}."
        yield Finding(message, image.url_path, "image-format")
    if _SAME.get(parsed.mime, parsed.mime) != f"image/{kind.name}":
        message = f"The URL says {shown(repr(parsed.mime))}; the bytes are image/{kind.name}."
        fix = Fix(f"Say image/{kind.name}", safe=True)
        yield Finding(message, image.url_path, "image-mime-mismatch", fix=fix)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return change(line, finding.path, _corrected)


def _corrected(url: object) -> str | None:
    parsed = data_url(url) if isinstance(url, str) else None
    if not isinstance(url, str) or parsed is None:
        return None
    kind = kind_of(head(url, parsed))
    return f"data:image/{kind.name};base64,{url[parsed.start :]}" if kind is not None else None


RULE = Rule(
    code="V006",
    names=("image-format", "image-mime-mismatch"),
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT, Format.REINFORCEMENT}),
    doc=Doc(
        what="An image is not JPEG, PNG or WEBP, not RGB or RGBA, or its MIME type names another format.",
        why="Such images are skipped in training: the model learns to answer without seeing them.",
        example='"url": "data:image/png;base64,/9j/4AAQ..." (the bytes are a JPEG)',
        instead='"url": "data:image/jpeg;base64,/9j/4AAQ..."',
        fix="Safe: the MIME type is corrected. Images are not converted.",
        source="vision fine-tuning guide",
    ),
    checks=(ExampleCheck(_check, needs=has_parts),),
    repair=_repair,
)
