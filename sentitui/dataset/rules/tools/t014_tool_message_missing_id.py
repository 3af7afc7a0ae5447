"""T014: a tool message says which call it answers, a function message which function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.repairs import add, value_at
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import has_tools
from sentitui.dataset.subject import Subject

_ADD = Fix("Let it answer the one call that is open")


def _check(subject: Subject) -> Iterator[Finding]:
    before: dict[str, Any] = {}
    for turn in subject.turns:
        previous, before = before, turn.data
        if turn.role == "tool" and not isinstance(turn.data.get("tool_call_id"), str):
            key, name, of = "tool_call_id", "tool-message-missing-id", "tool"
        elif turn.role == "function" and not isinstance(turn.data.get("name"), str):
            key, name, of = "name", "function-message-missing-name", "function"
        else:
            continue
        if key in turn.data:
            message = f"The {key} of a {of} message must be a string, not {type_name(turn.data[key])}."
            yield Finding(message, f"{turn.path}.{key}", name)
        else:
            fix = _ADD if name == "tool-message-missing-id" and _open_id(previous) else None
            yield Finding(f"A {of} message needs a {key}.", turn.path, name, fix=fix)


def _open_id(before: Any) -> str | None:
    """The id of the only call that the message before makes, when it makes exactly one."""
    value = before.get("tool_calls") if isinstance(before, dict) else None
    calls = value if isinstance(value, list) else []
    found = calls[0].get("id") if len(calls) == 1 and isinstance(calls[0], dict) else None
    return found if isinstance(found, str) else None


def _before(path: str) -> str | None:
    """The path of the message before the one at `path`."""
    array, _, index = path.rpartition("[")
    number = int(index.removesuffix("]"))
    return f"{array}[{number - 1}]" if number else None


def _repair(line: bytes, finding: Finding) -> bytes | None:
    before = _before(finding.path)
    found = _open_id(value_at(line, before)) if before else None
    return add(line, finding.path, "tool_call_id", found) if found else None


RULE = Rule(
    code="T014",
    names=("tool-message-missing-id", "function-message-missing-name"),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="A tool message needs a `tool_call_id`, a (legacy) function message a `name`; both are strings.",
        why="The schema requires them: they say which call is answered.",
        example='{"role": "tool", "content": "18 degrees"}',
        instead='{"role": "tool", "tool_call_id": "call_1", "content": "18 degrees"}',
        fix="Offered where the message right before makes exactly one call: that call's id.",
        source="openai-openapi f85dbe2, ChatCompletionRequestToolMessage and ...FunctionMessage",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
    repair=_repair,
)
