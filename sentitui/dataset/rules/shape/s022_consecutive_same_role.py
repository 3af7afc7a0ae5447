"""S022: answers do not follow one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset import paths
from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.subject import Subject

_PLAIN = {"role", "content"}


def _check(subject: Subject) -> Iterator[Finding]:
    for before, turn in zip(subject.chat, subject.chat[1:], strict=False):
        if before.role == turn.role == "assistant" and before.index + 1 == turn.index:
            fix = (
                Fix("Merge it with the message before")
                if _is_plain(before.data) and _is_plain(turn.data)
                else None
            )
            yield Finding("Two assistant messages in a row; one answer is expected.", turn.path, fix=fix)


def _is_plain(message: Any) -> bool:
    return isinstance(message, dict) and message.keys() == _PLAIN and isinstance(message["content"], str)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    index = paths.parse(finding.path)[-1]
    return repairs.change(line, "messages", lambda messages: _merged(messages, int(index)))


def _merged(messages: list[Any], index: int) -> list[Any] | None:
    first, second = messages[index - 1 : index + 1]
    if not _is_plain(first) or not _is_plain(second):
        return None
    both = {**first, "content": f"{first['content']}\n{second['content']}"}
    return [*messages[: index - 1], both, *messages[index + 1 :]]


RULE = Rule(
    code="S022",
    names=("consecutive-same-role",),
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT}),
    doc=Doc(
        what="Two assistant messages follow each other. Two user messages in a row are fine.",
        why="A model answers once; Azure has refused such files, Together wants alternating roles.",
        example=(
            '[..., {"role": "assistant", "content": "Hello."}, {"role": "assistant", "content": "How '
            'are you?"}]'
        ),
        instead='[..., {"role": "assistant", "content": "Hello.\\nHow are you?"}]',
        fix="Merging two messages of plain text is offered.",
        source="microsoft-foundry/fine-tuning#23; Together 1.5",
    ),
    checks=(ExampleCheck(_check, Ordinary.ROLES),),
    repair=_repair,
)
