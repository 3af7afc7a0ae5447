"""S004: only the keys of the format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset import paths
from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_KEYS = {
    Format.CHAT: ("messages", "tools", "parallel_tool_calls", "functions"),
    Format.COMPLETION: ("prompt", "completion"),
    Format.PREFERENCE: ("input", "preferred_output", "non_preferred_output"),
}
_INPUT_KEYS = ("messages", "tools", "parallel_tool_calls")
_MISSPELT = frozenset({"messages", "message", "prompt", "completion"})
"""Keys that other rules report as misspelt when the right one is missing."""


def _check(subject: Subject) -> Iterator[Finding]:
    known = (*_KEYS[subject.format], *subject.profile.limits.top_level_keys)
    yield from _extra("", subject.data, known)
    if subject.format is Format.PREFERENCE and subject.holder is not None:
        yield from _extra("input", subject.holder[1], _INPUT_KEYS)


def _extra(path: str, data: dict[str, Any], known: tuple[str, ...]) -> Iterator[Finding]:
    for key in data:
        plain = key.strip().lower()
        if key not in known and not (plain in _MISSPELT and known[0] not in data):
            message = f"The key {shown(repr(key))} is not part of this format; it has {', '.join(known)}."
            yield Finding(message, paths.key(path, key), fix=Fix("Drop the key and its value"))


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return repairs.drop(line, finding.path)


RULE = Rule(
    code="S004",
    names=("unknown-top-level-key",),
    severity=Severity.ERROR,
    formats=frozenset({Format.CHAT, Format.COMPLETION, Format.PREFERENCE}),
    doc=Doc(
        what="The example has a key that its format does not have.",
        why="A provider refuses the file: 'Example 1 contains an extra \"weight\"'.",
        example='{"messages": [...], "id": 17}',
        instead='{"messages": [...]}',
        fix="Dropping the key is offered; it is not done in bulk, because its value would be lost.",
        source="the server's 'contains an extra'; community t/966285",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
