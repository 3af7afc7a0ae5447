"""P004: a preference example holds text only."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.vision.image import has_parts, images
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for image in images(subject):
        yield Finding("A preference example holds text only; this is an image.", image.path)


RULE = Rule(
    code="P004",
    names=("pref-image",),
    severity=Severity.ERROR,
    formats=frozenset({Format.PREFERENCE}),
    doc=Doc(
        what="A preference example holds an image.",
        why="Preference fine-tuning takes text only.",
        example='{"type": "image_url", "image_url": {"url": "https://..."}} in input.messages',
        instead='{"type": "text", "text": "..."}',
        fix="None: without its image the example means something else.",
        source="preference fine-tuning guide",
    ),
    checks=(ExampleCheck(_check, needs=has_parts),),
)
