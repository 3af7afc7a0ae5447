"""T007: `parallel_tool_calls` is a boolean and stands beside tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset import paths
from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.format import Format
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.repairs import change, drop
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import has_tools
from sentitui.dataset.subject import Subject

_SPELT = {"true": True, "false": False}
_BOOLEAN = Fix("Replace the text by the boolean", safe=True)
_DROP = Fix("Drop parallel_tool_calls")


def _check(subject: Subject) -> Iterator[Finding]:
    if subject.holder is None or "parallel_tool_calls" not in subject.holder[1]:
        return
    where, data = subject.holder
    path, value = paths.key(where, "parallel_tool_calls"), data["parallel_tool_calls"]
    if not isinstance(value, bool):
        fix = _BOOLEAN if _boolean(value) is not None else None
        message = f"parallel_tool_calls must be true or false, not {type_name(value)}."
        yield Finding(message, path, "parallel-not-bool", fix=fix)
    if not data.get("tools"):
        message = "parallel_tool_calls is given without tools; the chat API refuses that."
        yield Finding(message, path, "parallel-without-tools", fix=_DROP)


def _boolean(value: Any) -> bool | None:
    return _SPELT.get(value.strip().lower()) if isinstance(value, str) else None


def _repair(line: bytes, finding: Finding) -> bytes | None:
    if finding.name == "parallel-without-tools":
        return drop(line, finding.path)
    return change(line, finding.path, _boolean)


RULE = Rule(
    code="T007",
    names=("parallel-not-bool", "parallel-without-tools"),
    severity=Severity.ERROR,
    severities={"parallel-without-tools": Severity.WARNING},
    formats=frozenset({Format.CHAT, Format.PREFERENCE}),
    doc=Doc(
        what="`parallel_tool_calls` must be a boolean, and makes sense only beside `tools`.",
        why="The schema allows a boolean only, and the chat API refuses it where there are no tools.",
        example='"parallel_tool_calls": "true"',
        instead='"parallel_tool_calls": true, "tools": [...]',
        fix=(
            'Safe: "true" and "false" become booleans. Offered: without tools the key is dropped; it is '
            "not done in bulk, because it may be the tools that are missing."
        ),
        source="openai-openapi f85dbe2, ParallelToolCalls; chat completions API",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
    repair=_repair,
)
