"""Q008: an answer has no white space around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.rules.repairs import change
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.subject import Subject, texts_of

_TRIM = Fix("Trim it")


def _check(subject: Subject) -> Iterator[Finding]:
    # A legacy completion begins with a space and ends with its stop sequence on purpose.
    if subject.format is Format.COMPLETION:
        return
    answers = (turn for turn in subject.turns if turn.role == "assistant")
    for text in (text for turn in answers for text in texts_of(turn)):
        plain = text.value.strip()
        if plain and len(plain) != len(text.value):
            yield Finding(f"The answer {_where(text.value)}.", text.path, fix=_TRIM)


def _where(text: str) -> str:
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    begins, ends = f"begins with {shown(repr(before), 12)}", f"ends with {shown(repr(after), 12)}"
    return f"{begins} and {ends}" if before and after else begins if before else ends


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return change(line, finding.path, _trimmed)


def _trimmed(text: Any) -> str | None:
    return text.strip() if isinstance(text, str) else None


RULE = Rule(
    code="Q008",
    names=("surrounding-whitespace",),
    severity=Severity.HINT,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="An assistant message begins or ends with white space (no-break spaces too).",
        why="The model learns to write it, and code that compares its answers trips over it.",
        example='{"role": "assistant", "content": "Positive "}',
        instead='{"role": "assistant", "content": "Positive"}',
        fix="Offered: the white space is cut.",
        source="none",
    ),
    checks=(ExampleCheck(_check, Ordinary.EDGES),),
    repair=_repair,
)
