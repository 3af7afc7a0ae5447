"""J001: the line is no JSON."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.facts import RawLine
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, LineCheck, Rule
from sentitui.dataset.rules.syntax.mend import mend

_FIXES = {
    "trailing-comma": Fix("Remove the comma", safe=True),
    "comma-after-line": Fix("Remove the comma at the end of the line", safe=True),
    "two-objects": Fix("Put each object on its own line", safe=True),
}

_REPORTED_ELSEWHERE = frozenset({"empty", "invalid-bytes"})
"""Blank lines and bytes that are no UTF-8 have rules of their own."""


def _check(raw: RawLine) -> Iterator[Finding]:
    mistake = raw.scan.error
    if mistake is None or mistake.kind in _REPORTED_ELSEWHERE:
        return
    fix = _FIXES.get(mistake.kind)
    if fix is not None and mend(raw.line) is None:
        fix = None
    yield Finding(f"Not valid JSON: {mistake.message}.", byte=mistake.byte, fix=fix)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return mend(line)


RULE = Rule(
    code="J001",
    names=("invalid-json",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The line is not valid JSON (RFC 8259).",
        why="A provider stops at the first such line and refuses the file.",
        example='{"messages": [{"role": "user", "content": "Hi"},]}',
        instead='{"messages": [{"role": "user", "content": "Hi"}]}',
        fix=(
            "A comma before a closing bracket, a comma after the line and a second object on the line are"
            " mended; for everything else only a person knows what was meant."
        ),
        source="the server's 'Example N cannot be parsed. Error: line contains invalid json'; RFC 8259",
    ),
    checks=(LineCheck(_check),),
    repair=_repair,
)
