"""T008: `tool_calls` is an array of at least one call, on an assistant message."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.repairs import drop, value_at, wrap
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import has_tools
from sentitui.dataset.subject import Subject

_WRAP = Fix("Put the call into an array", safe=True)
_DROP = Fix("Drop the empty tool_calls", safe=True)
_DROP_NULL = Fix("Drop tool_calls")


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.turns:
        if "tool_calls" not in turn.data:
            continue
        path, value = f"{turn.path}.tool_calls", turn.data["tool_calls"]
        if value is None:
            # No source says whether null is taken for "no calls"; some SDKs write it into every message.
            message = "tool_calls is null: leave the key out when nothing is called."
            yield Finding(message, path, "tool-calls-not-array", severity=Severity.HINT, fix=_DROP_NULL)
        elif not isinstance(value, list):
            message = f"tool_calls must be an array of calls, not {type_name(value)}."
            fix = _WRAP if isinstance(value, dict) else None
            yield Finding(message, path, "tool-calls-not-array", fix=fix)
        elif not value:
            message = "tool_calls is empty: leave the key out when nothing is called."
            yield Finding(message, path, "tool-calls-empty", fix=_DROP)
        elif turn.role is not None and turn.role != "assistant":
            message = f"Only an assistant message calls tools; this is a {shown(turn.role)} message."
            yield Finding(message, path, "tool-calls-on-non-assistant")


def _repair(line: bytes, finding: Finding) -> bytes | None:
    if isinstance(value_at(line, finding.path), dict):
        return wrap(line, finding.path, b"[", b"]")
    return drop(line, finding.path)


RULE = Rule(
    code="T008",
    names=("tool-calls-not-array", "tool-calls-empty", "tool-calls-on-non-assistant"),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="`tool_calls` must be an array of at least one call, and only assistant messages may have it.",
        why="The schema of a message allows nothing else; the job is refused.",
        example=(
            '{"role": "assistant", "tool_calls": {"id": "call_1", "type": "function", "function": {...}}}'
        ),
        instead=(
            '{"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": {...}}]}'
        ),
        fix="Safe: a single call is put into an array, an empty array is dropped. Offered: null is dropped.",
        source="openai-openapi f85dbe2, ChatCompletionMessageToolCalls",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
    repair=_repair,
)
