"""F005: no byte order mark."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.disk import BOM
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.file import rewrites
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, FileCheck, Finding, Rule


def _check(facts: FileFacts, profile: Profile) -> Iterator[Finding]:
    if facts.head.startswith(BOM):
        fix = None if profile.name == "azure" else Fix("Drop the byte order mark", safe=True)
        yield Finding("The file begins with a byte order mark.", byte=0, fix=fix)


RULE = Rule(
    code="F005",
    names=("bom",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The file begins with the UTF-8 byte order mark (EF BB BF).",
        why=(
            "OpenAI, Together and the cookbook's code stumble over it ('Line 1 is not a dictionary');"
            " Azure once asked for it."
        ),
        example='(EF BB BF){"messages": ...',
        instead='{"messages": ...',
        fix="The mark is dropped; not for Azure.",
        source="OkGoDoIt/OpenAI-API-dotnet#59; MicrosoftDocs/azure-docs#110314",
    ),
    checks=(FileCheck(_check),),
    rewrite=rewrites.drop_bom,
)
