"""F008: lines do not end in CR alone."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.kinds import Kind
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.file import rewrites
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, FileCheck, Finding, Rule


def _check(facts: FileFacts, _profile: Profile) -> Iterator[Finding]:
    if facts.kind is Kind.CR_LINES:
        message = "Lines end in a lone carriage return: a reader of bytes sees one line."
        yield Finding(message, fix=Fix("Write line ends as LF", safe=True))


RULE = Rule(
    code="F008",
    names=("cr-line-ends",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="Lines end in a lone carriage return.",
        why="Readers of bytes see a single line with many objects.",
        example='{"messages": ...}\\r{"messages": ...}\\r',
        instead='{"messages": ...}\\n{"messages": ...}\\n',
        fix="Line ends are written as LF.",
        source="how readers of bytes and of text divide lines",
    ),
    checks=(FileCheck(_check),),
    rewrite=rewrites.carriage_returns,
)
