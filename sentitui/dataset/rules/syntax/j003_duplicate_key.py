"""J003: no key occurs twice."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.facts import RawLine
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, LineCheck, Rule


def _check(raw: RawLine) -> Iterator[Finding]:
    for repeated in raw.scan.repeated:
        if repeated.equal:
            fix = Fix("Drop the repetition", safe=True)
            yield Finding(
                "The key occurs twice with the same value.", repeated.path, byte=repeated.byte, fix=fix
            )
        else:
            message = (
                "The key occurs twice with different values; which one counts differs from reader to reader."
            )
            yield Finding(message, repeated.path, severity=Severity.ERROR, byte=repeated.byte)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return repairs.drop_repetition(line, finding.path)


RULE = Rule(
    code="J003",
    names=("duplicate-key",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="An object has the same key twice, after unescaping.",
        why="Readers take the last value, or the first, or refuse; with two values it is an error.",
        example='{"role": "user", "role": "assistant", ...}',
        instead='{"role": "assistant", ...}',
        fix="The repetition is dropped when both values are equal; else a person must say which one counts.",
        source="RFC 8259, section 4",
    ),
    checks=(LineCheck(_check),),
    repair=_repair,
)
