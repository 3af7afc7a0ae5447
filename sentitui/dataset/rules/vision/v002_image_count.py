"""V002: an example holds no more images than the provider takes."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.vision.image import has_parts, images
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    most = subject.profile.limits.images_per_example
    found = list(images(subject))
    if len(found) > most:
        takes = f"at most {most} images an example" if most else "no images"
        message = f"The example has {len(found)} images; {subject.profile.title} takes {takes}."
        yield Finding(message, found[most].path)


RULE = Rule(
    code="V002",
    names=("image-count",),
    severity=Severity.ERROR,
    formats=frozenset({Format.CHAT, Format.REINFORCEMENT}),
    doc=Doc(
        what="An example has more images than the provider takes: 10, Azure 64, the embedded engine none.",
        why="The job is refused.",
        example="a user message with 11 image parts",
        instead="two examples, with 6 and 5 of them",
        fix="None: which images to leave out is not known.",
        source="vision fine-tuning guide; Azure vision fine-tuning page",
    ),
    checks=(ExampleCheck(_check, needs=has_parts),),
)
