"""F006: no byte order mark inside the file."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.disk import BOM
from sentitui.dataset.facts import RawLine
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, LineCheck, Rule


def _check(raw: RawLine) -> Iterator[Finding]:
    if raw.line.startswith(BOM):
        fix = Fix("Drop the byte order mark", safe=True)
        yield Finding("The line begins with a byte order mark.", byte=0, fix=fix)


def _repair(line: bytes, _finding: Finding) -> bytes | None:
    return line.removeprefix(BOM)


RULE = Rule(
    code="F006",
    names=("bom-mid-file",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="A line begins with the UTF-8 byte order mark.",
        why="It comes from joining files, and is no JSON.",
        example='(EF BB BF){"messages": ...',
        instead='{"messages": ...',
        fix="The mark is dropped.",
        source="RFC 8259, section 8.1",
    ),
    checks=(LineCheck(_check),),
    repair=_repair,
)
