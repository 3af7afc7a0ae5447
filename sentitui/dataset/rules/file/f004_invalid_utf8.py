"""F004: every line is valid UTF-8."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.facts import RawLine
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, LineCheck, Rule


def _check(raw: RawLine) -> Iterator[Finding]:
    if raw.is_cut:
        return
    try:
        raw.line.decode()
    except UnicodeDecodeError as error:
        found = raw.line[error.start : error.start + 4].hex(" ")
        fix = Fix("Read the line as Windows-1252") if _repaired(raw.line) else None
        yield Finding(f"Bytes that are no UTF-8: {found} ({error.reason}).", byte=error.start, fix=fix)


def _repaired(line: bytes) -> bytes | None:
    try:
        return line.decode("cp1252").encode()
    except UnicodeDecodeError:
        return None


def _repair(line: bytes, _finding: Finding) -> bytes | None:
    return _repaired(line)


RULE = Rule(
    code="F004",
    names=("invalid-utf8",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The line holds bytes that are no UTF-8.",
        why="A provider refuses the file.",
        example="(the byte E9 for é, as Latin-1 writes it)",
        instead="(the bytes C3 A9)",
        fix="Reading the line as Windows-1252 is offered; what it was meant to be cannot be known.",
        source="RFC 8259; together 3.1.1's file checks",
    ),
    checks=(LineCheck(_check),),
    repair=_repair,
)
