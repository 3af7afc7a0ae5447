"""T017: the calls of one message have different ids."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import has_tools, tool_calls
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.turns:
        if "tool_calls" not in turn.data:
            continue
        seen: set[str] = set()
        for call in tool_calls(turn):
            if call.id is None:
                continue
            if call.id in seen:
                message = f"Two calls of this message have the id {shown(repr(call.id))}."
                yield Finding(message, f"{call.path}.id")
            seen.add(call.id)


RULE = Rule(
    code="T017",
    names=("duplicate-tool-call-id",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="Two calls of one assistant message have the same id. A later message may use an id again.",
        why="The tool messages that follow cannot be told apart.",
        example='"tool_calls": [{"id": "call_1", ...}, {"id": "call_1", ...}]',
        instead='"tool_calls": [{"id": "call_1", ...}, {"id": "call_2", ...}]',
        fix="None: the answers that follow would have to be told apart too.",
        source="inferred",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
)
