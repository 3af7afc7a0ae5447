"""V005: an image is not larger than the provider reads."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.vision.image import data_url, decoded_size, has_parts, images
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    most = subject.profile.limits.image_bytes
    for image in images(subject):
        url = image.url or ""
        parsed = data_url(url)
        size = decoded_size(url, parsed) if parsed is not None and parsed.is_base64 else 0
        if size > most:
            message = (
                f"The image has {size / 1e6:.1f} MB; images over {most / 1e6:g} MB are skipped in training."
            )
            yield Finding(message, image.url_path)


RULE = Rule(
    code="V005",
    names=("image-too-large",),
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT, Format.REINFORCEMENT}),
    doc=Doc(
        what="An image in a data URL has more than 10 MB once decoded.",
        why="Such images are skipped in training: the model learns to answer without seeing them.",
        example='{"url": "data:image/png;base64,..."} with 12 MB of data',
        instead="the same image, scaled down",
        fix="None: scaling an image changes it.",
        source="vision fine-tuning guide",
    ),
    checks=(ExampleCheck(_check, needs=has_parts),),
)
