"""V001: images stand in user messages only."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.vision.image import has_parts, images
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for image in images(subject):
        role = image.turn.role
        if role is not None and role != "user":
            yield Finding(
                f"An image may stand in a user message only; this is a {shown(role)} message.", image.path
            )


RULE = Rule(
    code="V001",
    names=("image-not-user",),
    severity=Severity.ERROR,
    formats=frozenset({Format.CHAT, Format.REINFORCEMENT}),
    doc=Doc(
        what="An image part stands in a message that is not the user's.",
        why="Models read images and do not write them; the schema of the other messages has no image part.",
        example=(
            '{"role": "assistant", "content": [{"type": "image_url", "image_url": {"url": "https://..."}}]}'
        ),
        instead='{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://..."}}]}',
        fix="None: where the image belongs is not known.",
        source="vision fine-tuning guide; openai-openapi f85dbe2",
    ),
    checks=(ExampleCheck(_check, needs=has_parts),),
)
