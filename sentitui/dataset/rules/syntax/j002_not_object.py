"""J002: a line holds an object."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.facts import RawLine
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, LineCheck, Rule
from sentitui.dataset.scan import MISSING


def _check(raw: RawLine) -> Iterator[Finding]:
    value = raw.scan.value
    if value is not MISSING and not isinstance(value, dict):
        yield Finding(f"The line must hold an object in braces, found {type_name(value)}.")


RULE = Rule(
    code="J002",
    names=("not-object",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The line is valid JSON, but no object.",
        why=(
            "A provider refuses the file: 'every line is a JSON dictionary. Line 1 is not a "
            "dictionary' (openai-python#426)."
        ),
        example='["Hi", "Hello"]',
        instead='{"messages": [...]}',
        fix="None: what was meant is not known.",
        source="'every line is a JSON dictionary. Line 1 is not a dictionary' (openai-python#426)",
    ),
    checks=(LineCheck(_check),),
)
