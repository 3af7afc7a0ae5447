"""S005: every message is an object."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset import paths
from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for conversation in subject.conversations:
        items = conversation.value if isinstance(conversation.value, list) else []
        for index, value in enumerate(items):
            if not isinstance(value, dict):
                path = paths.item(conversation.path, index)
                yield Finding(
                    f"A message must be an object with role and content, found {type_name(value)}.", path
                )


RULE = Rule(
    code="S005",
    names=("message-not-object",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="A message is not an object.",
        why="A provider refuses the file.",
        example='{"messages": ["Hi"]}',
        instead='{"messages": [{"role": "user", "content": "Hi"}]}',
        fix="None: who says it is not known.",
        source="OpenAI's schema of training examples",
    ),
    checks=(ExampleCheck(_check),),
)
