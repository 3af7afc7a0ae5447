"""J006: numbers keep their value."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.facts import RawLine
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, LineCheck, Rule


def _check(raw: RawLine) -> Iterator[Finding]:
    for place in raw.scan.huge:
        message = f"No reader holds {shown(place.text, 30)} exactly; an identifier should be a string."
        yield Finding(message, place.path, byte=place.byte)


RULE = Rule(
    code="J006",
    names=("huge-number",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="A number is an integer beyond 64 bits, overflows, or has more digits than a double holds.",
        why="Readers change it silently. Saving here keeps its spelling.",
        example='{"id": 123456789012345678901234567890}',
        instead='{"id": "123456789012345678901234567890"}',
        fix="None: the number's text is kept as it is.",
        source="RFC 8259, section 6",
    ),
    checks=(LineCheck(_check),),
)
