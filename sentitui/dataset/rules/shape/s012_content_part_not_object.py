"""S012: content parts are objects."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.vision.image import has_parts
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for _, path, part in subject.parts:
        if not isinstance(part, dict):
            fix = Fix("Wrap it as a text part") if isinstance(part, str) else None
            yield Finding(
                f"A content part must be an object with a type, found {type_name(part)}.", path, fix=fix
            )


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return repairs.wrap(line, finding.path, b'{"type": "text", "text": ', b"}")


RULE = Rule(
    code="S012",
    names=("content-part-not-object",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="An element of a `content` array is not an object.",
        why="A provider fails on it: \"'str' object has no attribute 'get'\".",
        example='"content": ["Hi"]',
        instead='"content": [{"type": "text", "text": "Hi"}]',
        fix="Wrapping a string as a text part is offered.",
        source="community t/1151915",
    ),
    checks=(ExampleCheck(_check, needs=has_parts),),
    repair=_repair,
)
