"""F007: lines end in LF."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.file import rewrites
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, FileCheck, Finding, Rule


def _check(facts: FileFacts, _profile: Profile) -> Iterator[Finding]:
    if facts.crlf:
        some = "" if facts.crlf >= facts.lines - 1 else f" on {facts.crlf} of {facts.lines} lines (mixed)"
        yield Finding(f"Line ends are CRLF{some}.", fix=Fix("Write line ends as LF", safe=True))


RULE = Rule(
    code="F007",
    names=("crlf",),
    severity=Severity.HINT,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="Lines end in CRLF, all or some of them.",
        why="It is legal JSON white space, but mixed line ends confuse tools that compare files.",
        example='{"messages": ...}\\r\\n',
        instead='{"messages": ...}\\n',
        fix="Line ends are written as LF.",
        source="RFC 8259, section 2 (white space)",
    ),
    checks=(FileCheck(_check),),
    rewrite=rewrites.line_feeds,
)
