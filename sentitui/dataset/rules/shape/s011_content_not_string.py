"""S011: content is text or an array of parts."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.turns:
        content = turn.data.get("content")
        if isinstance(content, bool | int | float | dict):
            fix = None if isinstance(content, dict) else Fix("Write it as text")
            yield Finding(
                f"`content` must be a string, found {type_name(content)}.", f"{turn.path}.content", fix=fix
            )


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return repairs.wrap(line, finding.path, b'"', b'"')


RULE = Rule(
    code="S011",
    names=("content-not-string",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="A message's `content` is a number, a boolean or an object.",
        why="A provider refuses the file.",
        example='{"role": "assistant", "content": 5}',
        instead='{"role": "assistant", "content": "5"}',
        fix="Writing a number or boolean as text is offered.",
        source="OpenAI's schema of training examples",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
