"""S019: the conversation ends with an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.subject import Subject

_KNOWN = frozenset({"system", "developer", "user", "tool", "function"})


def _check(subject: Subject) -> Iterator[Finding]:
    turns = subject.chat
    if turns and turns[-1].role in _KNOWN:
        answered = any(turn.role == "assistant" for turn in turns)
        fix = Fix("Drop what follows the last answer") if answered else None
        yield Finding(
            f"The last message is {turns[-1].role}'s; the assistant must answer last.",
            turns[-1].path,
            fix=fix,
        )


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return repairs.change(line, "messages", _until_answer)


def _until_answer(messages: list[Any]) -> list[Any] | None:
    answers = [i for i, m in enumerate(messages) if isinstance(m, dict) and m.get("role") == "assistant"]
    return messages[: answers[-1] + 1] if answers else None


RULE = Rule(
    code="S019",
    names=("last-not-assistant",),
    severity=Severity.ERROR,
    formats=frozenset({Format.CHAT}),
    doc=Doc(
        what="The last message is not the assistant's (a tool call counts as an answer).",
        why="What comes after the last answer trains nothing, and providers refuse it.",
        example='[..., {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Bye"}]',
        instead='[..., {"role": "assistant", "content": "Hello"}]',
        fix="Dropping the messages after the last answer is offered.",
        source="Azure's dataset formats",
    ),
    checks=(ExampleCheck(_check, Ordinary.ROLES),),
    repair=_repair,
)
