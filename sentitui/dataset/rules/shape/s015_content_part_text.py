"""S015: a text part has text."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.vision.image import has_parts
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for _, path, part in subject.parts:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind in ("text", "refusal") and not isinstance(part.get(kind), str):
            found = type_name(part[kind]) if kind in part else "nothing"
            yield Finding(f"A {kind} part needs a string `{kind}`, found {found}.", path)


RULE = Rule(
    code="S015",
    names=("content-part-text",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="A text part has no string `text` (a refusal part no string `refusal`).",
        why="A provider refuses the file.",
        example='{"type": "text"}',
        instead='{"type": "text", "text": "Hi"}',
        fix="None: what was said is not known.",
        source="OpenAI's schema of training examples",
    ),
    checks=(ExampleCheck(_check, needs=has_parts),),
)
