"""F019: no line is endless."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.facts import LONGEST_LINE, RawLine
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, LineCheck, Rule


def _check(raw: RawLine) -> Iterator[Finding]:
    if raw.length > LONGEST_LINE:
        size = raw.length / 2**20
        yield Finding(
            f"The line has {size:,.0f} MB; lines over {LONGEST_LINE // 2**20} MB are not looked into."
        )


RULE = Rule(
    code="F019",
    names=("line-too-long",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="A line is longer than 32 MB.",
        why=(
            "No example is; the file has probably no line ends, and reading on would take all memory."
            " The line is not looked into."
        ),
        example="(a line of 300 MB)",
        instead="(one example a line)",
        fix="None.",
        source="a bound of this program",
    ),
    checks=(LineCheck(_check),),
)
