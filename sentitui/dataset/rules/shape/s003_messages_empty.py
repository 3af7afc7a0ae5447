"""S003: there is at least one message."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for conversation in subject.conversations:
        if conversation.part == "messages" and conversation.value == []:
            yield Finding("`messages` is empty; at least one message is needed.", conversation.path)


RULE = Rule(
    code="S003",
    names=("messages-empty",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="`messages` is an empty array.",
        why="A provider refuses the file.",
        example='{"messages": []}',
        instead=(
            '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}'
        ),
        fix="None: there is nothing to keep; delete the example or write it.",
        source="OpenAI's schema of training examples",
    ),
    checks=(ExampleCheck(_check),),
)
