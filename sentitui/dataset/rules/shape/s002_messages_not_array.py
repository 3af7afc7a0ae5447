"""S002: `messages` is an array."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for conversation in subject.conversations:
        if conversation.part == "messages" and not isinstance(conversation.value, list):
            yield Finding(
                f"`messages` must be an array, found {type_name(conversation.value)}.", conversation.path
            )


RULE = Rule(
    code="S002",
    names=("messages-not-array",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="`messages` is not an array.",
        why="A provider refuses the file.",
        example='{"messages": {"role": "user", "content": "Hi"}}',
        instead='{"messages": [{"role": "user", "content": "Hi"}]}',
        fix="None: what the other messages are is not known.",
        source="OpenAI's schema of training examples",
    ),
    checks=(ExampleCheck(_check),),
)
