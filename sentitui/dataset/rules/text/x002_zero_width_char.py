"""X002: a text holds no characters without width, but where they are spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.gates import chars_gate
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.rules.text.pieces import cure, pieces, points, times
from sentitui.dataset.rules.text.scripts import strip_outside_spelling, without_spelling
from sentitui.dataset.subject import Subject

_RANGES = ((0xAD, 0xAD), (0x200B, 0x200D), (0x2060, 0x2060), (0xFEFF, 0xFEFF), (0xE0000, 0xE007F))
_INVISIBLE = re.compile("[" + "".join(f"{chr(low)}-{chr(high)}" for low, high in _RANGES) + "]")
_STRIP = Fix("Strip them")


def _check(subject: Subject) -> Iterator[Finding]:
    for path, text in pieces(subject):
        if text.isascii() or _INVISIBLE.search(text) is None:
            continue
        found = _INVISIBLE.findall(without_spelling(text))
        if found:
            message = (
                f"{times(len(found), 'invisible character', 'invisible characters')} "
                f"({points(''.join(found))})."
            )
            yield Finding(message, path, fix=_STRIP)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return cure(line, finding.path, lambda text: strip_outside_spelling(text, _INVISIBLE))


RULE = Rule(
    code="X002",
    names=("zero-width-char",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what=(
            "A text holds zero-width spaces, joiners, soft hyphens, byte order marks or tags outside the "
            "scripts and emoji that are spelt with them."
        ),
        why="Nobody sees them, yet the model reads and learns them: equal words become different tokens.",
        example='"content": "Posi\\u200btive"',
        instead='"content": "Positive"',
        fix="Offered: they are stripped; joiners in emoji and in scripts that need them stay.",
        source="none; Unicode 15, chapter 23",
    ),
    checks=(ExampleCheck(_check, Ordinary.GATE, chars_gate(*_RANGES)),),
    repair=_repair,
)
