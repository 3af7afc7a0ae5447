"""S009: every message has content."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_INSTEAD = ("tool_calls", "function_call", "refusal")


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.turns:
        excused = turn.role == "assistant" and any(turn.data.get(key) is not None for key in _INSTEAD)
        if "content" not in turn.data and not excused:
            yield Finding("The message has no `content`.", turn.path)


RULE = Rule(
    code="S009",
    names=("missing-content",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what=(
            "A message has no `content`. An assistant message may leave it out when it calls a tool "
            "or refuses."
        ),
        why="A provider refuses the file.",
        example='{"role": "user"}',
        instead='{"role": "user", "content": "Hi"}',
        fix="None: what was said is not known.",
        source="OpenAI's schema of training examples; the cookbook's format checks",
    ),
    checks=(ExampleCheck(_check),),
)
