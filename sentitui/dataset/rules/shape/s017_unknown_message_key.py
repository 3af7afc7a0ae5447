"""S017: only the keys of a message."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset import paths
from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_KEYS = frozenset(
    {"role", "content", "name", "weight", "tool_calls", "tool_call_id", "function_call", "refusal", "audio"}
)


def _check(subject: Subject) -> Iterator[Finding]:
    known = _KEYS.union(subject.profile.limits.message_keys)
    for turn in subject.turns:
        # In the order of the line: a set's order differs from process to process.
        for key in [key for key in turn.data if key not in known]:
            message = f"The key {shown(repr(key))} is not part of a message."
            yield Finding(message, paths.key(turn.path, key), fix=Fix("Drop the key and its value"))


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return repairs.drop(line, finding.path)


RULE = Rule(
    code="S017",
    names=("unknown-message-key",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="A message has a key that messages do not have.",
        why="A provider refuses the file: 'Additional properties are not allowed'.",
        example='{"role": "user", "content": "Hi", "id": 3}',
        instead='{"role": "user", "content": "Hi"}',
        fix="Dropping the key is offered; it is not done in bulk, because its value would be lost.",
        source="the cookbook's format checks; the chat API's 'Additional properties are not allowed'",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
