"""S018: somebody answers."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    roles = [turn.role for turn in subject.chat]
    # A message of unknown role may be the answer: then that is what has to be corrected.
    if (
        roles
        and "assistant" not in roles
        and set(roles) <= {"system", "developer", "user", "tool", "function"}
    ):
        yield Finding("No assistant message: there is no answer to learn.", "messages")


RULE = Rule(
    code="S018",
    names=("no-assistant",),
    severity=Severity.ERROR,
    formats=frozenset({Format.CHAT}),
    doc=Doc(
        what="No message is the assistant's.",
        why="There is nothing to learn from the example, and a provider refuses the file.",
        example='{"messages": [{"role": "user", "content": "Hi"}]}',
        instead=(
            '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}'
        ),
        fix="None: the answer is not known.",
        source="the cookbook's format checks; together 2.14",
    ),
    checks=(ExampleCheck(_check, Ordinary.ROLES),),
)
