"""F003: the file is UTF-8."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.kinds import WIDE
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.file import rewrites
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, FileCheck, Finding, Rule


def _check(facts: FileFacts, _profile: Profile) -> Iterator[Finding]:
    if facts.kind in WIDE:
        name = facts.kind.value.upper()
        yield Finding(f"The file is {name}, not UTF-8.", fix=Fix("Write the file as UTF-8", safe=True))


RULE = Rule(
    code="F003",
    names=("wrong-encoding",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The file is UTF-16 or UTF-32, with or without a byte order mark.",
        why="JSON files are exchanged as UTF-8; a provider sees no JSON at all.",
        example="(UTF-16, as some editors and PowerShell save)",
        instead="(the same text as UTF-8)",
        fix="The text is written as UTF-8.",
        source="RFC 8259, section 8.1",
    ),
    checks=(FileCheck(_check),),
    rewrite=rewrites.transcode,
)
