"""T017: the calls of one message have different ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.paths import parse
from sentitui.dataset.rules.repairs import change, value_at
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import has_tools, tool_calls
from sentitui.dataset.subject import Subject

_RENAME = Fix("Give the call an id of its own, and its answer too")


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.turns:
        seen: set[str] = set()
        for call in tool_calls(turn):
            if call.id is None:
                continue
            if call.id in seen:
                message = f"Two calls of this message have the id {shown(repr(call.id))}."
                yield Finding(message, f"{call.path}.id", fix=_RENAME)
            seen.add(call.id)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    *place, message, _, call, _ = parse(finding.path)
    messages = value_at(line, _join(place))
    if not isinstance(messages, list) or not isinstance(message, int) or not isinstance(call, int):
        return None
    old = value_at(line, finding.path)
    same_before = sum(1 for one in messages[message]["tool_calls"][:call] if _id(one, "id") == old)
    new = _unused(str(old), line)
    renamed = change(line, finding.path, lambda _: new)
    answers = _answers(messages, message, old)
    if renamed is None or len(answers) <= same_before:
        return renamed
    return change(renamed, f"{_join(place)}[{answers[same_before]}].tool_call_id", lambda _: new)


def _answers(messages: list[Any], message: int, old: Any) -> list[int]:
    """The indexes of the tool messages of the same round that answer this id."""
    found = []
    for index in range(message + 1, len(messages)):
        if _id(messages[index], "role") in ("user", "assistant"):
            break
        if _id(messages[index], "tool_call_id") == old:
            found.append(index)
    return found


def _id(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _unused(old: str, line: bytes) -> str:
    number = 2
    while f"{old}_{number}".encode() in line:
        number += 1
    return f"{old}_{number}"


def _join(steps: list[Any]) -> str:
    return ".".join(map(str, steps))


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
        fix="Offered: the later call gets a new id, and so does the answer that stands at its place.",
        source="inferred",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
    repair=_repair,
)
