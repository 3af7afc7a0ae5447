"""S010: content is null only beside a call."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_INSTEAD = ("tool_calls", "function_call", "refusal")


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.turns:
        excused = turn.role == "assistant" and any(turn.data.get(key) is not None for key in _INSTEAD)
        if "content" in turn.data and turn.data["content"] is None and not excused:
            yield Finding(
                "`content` is null; only an assistant message with a call may have that.",
                f"{turn.path}.content",
            )


RULE = Rule(
    code="S010",
    names=("content-null",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="A message's `content` is null. Only an assistant message that calls a tool may have that.",
        why="A provider refuses the file.",
        example='{"role": "user", "content": null}',
        instead='{"role": "user", "content": "Hi"}',
        fix="None: what was said is not known.",
        source="OpenAI's schema of training examples",
    ),
    checks=(ExampleCheck(_check),),
)
