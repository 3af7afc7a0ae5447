"""J005: every character is a character."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.facts import RawLine
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, LineCheck, Rule


def _check(raw: RawLine) -> Iterator[Finding]:
    for place in raw.scan.surrogates:
        fix = Fix("Write U+FFFD in its place")
        message = f"{place.text} is half of a surrogate pair and no character."
        yield Finding(message, place.path, byte=place.byte, fix=fix)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    start = finding.byte or 0
    return line[:start] + b"\\ufffd" + line[start + 6 :] if line[start : start + 2] == b"\\u" else None


RULE = Rule(
    code="J005",
    names=("lone-surrogate",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="An escape from \\\\ud800 to \\\\udfff stands alone, without the other half of its pair.",
        why="It is no character: it cannot be written as UTF-8, and most readers refuse it.",
        example='"content": "\\\\ud83d"',
        instead='"content": "\\\\ud83d\\\\ude00"',
        fix="Writing the replacement character U+FFFD is offered; the character that was meant is lost.",
        source="RFC 8259, section 8.2",
    ),
    checks=(LineCheck(_check),),
    repair=_repair,
)
