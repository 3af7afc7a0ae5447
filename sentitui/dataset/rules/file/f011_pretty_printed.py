"""F011: one object a line."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.kinds import Kind
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.file import rewrites
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, FileCheck, Finding, Rule


def _check(facts: FileFacts, _profile: Profile) -> Iterator[Finding]:
    if facts.kind is Kind.PRETTY:
        message = "Objects are spread over several lines; each must stand on one line."
        yield Finding(message, fix=Fix("Write each object on one line", safe=True))


RULE = Rule(
    code="F011",
    names=("pretty-printed",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="Objects are spread over several lines.",
        why=(
            "A provider reads each line as one object: 'every line is a JSON dictionary. Line 1 is "
            "not a dictionary' (openai-python#426)."
        ),
        example='{\\n  "messages": [...]\\n}',
        instead='{"messages": [...]}',
        fix="Each object is written on one line; its strings and numbers stay as they are.",
        source="'every line is a JSON dictionary. Line 1 is not a dictionary' (openai-python#426)",
    ),
    checks=(FileCheck(_check),),
    rewrite=rewrites.objects,
)
