"""J007: no endless nesting."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.facts import RawLine
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, LineCheck, Rule
from sentitui.dataset.scan import DEEPEST, MAX_DEPTH


def _check(raw: RawLine) -> Iterator[Finding]:
    deepest = raw.scan.deepest
    if deepest is not None:
        yield Finding(f"Nested more than {MAX_DEPTH} deep.", byte=deepest.byte)
    elif raw.scan.depth > DEEPEST:
        yield Finding(f"Nested {raw.scan.depth} deep; more than {DEEPEST} levels are not taken.")


RULE = Rule(
    code="J007",
    names=("nesting-too-deep",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="Arrays and objects are nested more than 128 deep.",
        why=(
            "Readers give up (Python's at about 1,000 levels), and no example needs it. The line is "
            "not looked into further."
        ),
        example="[[[[...]]]]",
        instead="{...}",
        fix="None.",
        source="measured; a bound of this program",
    ),
    checks=(LineCheck(_check),),
)
