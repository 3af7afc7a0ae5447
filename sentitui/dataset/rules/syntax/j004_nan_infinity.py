"""J004: numbers are finite."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.facts import RawLine
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, LineCheck, Rule

_WORD = re.compile(rb"NaN|-?Infinity")


def _check(raw: RawLine) -> Iterator[Finding]:
    for place in raw.scan.nonfinite:
        fix = Fix("Write null")
        yield Finding(f"{place.text} is no JSON number.", place.path, byte=place.byte, fix=fix)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    match = _WORD.match(line, finding.byte or 0)
    return line[: match.start()] + b"null" + line[match.end() :] if match else None


RULE = Rule(
    code="J004",
    names=("nan-infinity",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The line holds NaN, Infinity or -Infinity, which JSON does not have.",
        why=(
            "Python's own reader takes them, others refuse the line; what the providers do is not "
            "settled, so it is an error only for the embedded engine, which refuses it."
        ),
        example='{"score": NaN}',
        instead='{"score": null}',
        fix="Writing null is offered.",
        source="RFC 8259, section 6",
    ),
    checks=(LineCheck(_check),),
    repair=_repair,
)
