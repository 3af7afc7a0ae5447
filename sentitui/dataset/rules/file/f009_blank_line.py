"""F009: no blank lines."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.facts import RawLine
from sentitui.dataset.rules.file import rewrites
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, LineCheck, Rule


def _check(raw: RawLine) -> Iterator[Finding]:
    if not raw.is_cut and not raw.line.strip():
        yield Finding("The line is blank.", fix=Fix("Drop the blank line", safe=True))


RULE = Rule(
    code="F009",
    names=("blank-line",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="A line is empty or white space.",
        why="Some readers crash on it, some skip it; what the servers do is not known.",
        example="{...}\\n\\n{...}",
        instead="{...}\\n{...}",
        fix="The line is dropped.",
        source="the cookbook's loader crashes; together 3.1.1 skips",
    ),
    checks=(LineCheck(_check),),
    rewrite=rewrites.drop_blank_lines,
)
