"""F010: the file is lines, not one array."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.kinds import Kind
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.file import rewrites
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, FileCheck, Finding, Rule


def _check(facts: FileFacts, _profile: Profile) -> Iterator[Finding]:
    if facts.kind is Kind.ARRAY:
        message = "The file is one JSON array; a training file has one object on each line."
        yield Finding(message, fix=Fix("Write each element on its own line", safe=True))


RULE = Rule(
    code="F010",
    names=("json-array-file",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The whole file is one JSON array.",
        why=(
            "A provider wants one object a line: 'every line is a JSON dictionary. Line 1 is not a "
            "dictionary' (openai-python#426)."
        ),
        example='[{"messages": ...}, {"messages": ...}]',
        instead='{"messages": ...}\\n{"messages": ...}',
        fix="Each element is written on its own line.",
        source="'every line is a JSON dictionary. Line 1 is not a dictionary' (openai-python#426)",
    ),
    checks=(FileCheck(_check),),
    rewrite=rewrites.elements,
)
