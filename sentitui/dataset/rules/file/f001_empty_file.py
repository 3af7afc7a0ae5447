"""F001: the file holds something."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.kinds import Kind
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, FileCheck, Finding, Rule


def _check(facts: FileFacts, _profile: Profile) -> Iterator[Finding]:
    if facts.kind is Kind.EMPTY or (facts.kind is Kind.LINES and facts.blank == facts.lines):
        yield Finding("The file is empty." if facts.size == 0 else "The file holds white space only.")


RULE = Rule(
    code="F001",
    names=("empty-file",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The file has no bytes, or white space only.",
        why="There is nothing to train on.",
        example="(0 bytes)",
        instead='{"messages": [...]}',
        fix="None.",
        source="together 3.1.1's file checks",
    ),
    checks=(FileCheck(_check),),
)
