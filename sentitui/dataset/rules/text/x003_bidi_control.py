"""X003: a text holds no characters that change its direction."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.gates import chars_gate
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.rules.text.pieces import cure, pieces, points, times
from sentitui.dataset.subject import Subject

_RANGES = ((0x202A, 0x202E), (0x2066, 0x2069))
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What opens an embedding or isolate, with what closes it (Unicode Standard Annex 9).
_CLOSES = {
    **dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c"),
    **dict.fromkeys("\u2066\u2067\u2068", "\u2069"),
}
_STRIP = Fix("Strip them")


def _check(subject: Subject) -> Iterator[Finding]:
    for path, text in pieces(subject):
        found = _DIRECTION.findall(text) if not text.isascii() else ()
        if found:
            told = times(len(found), "direction mark", "direction marks")
            closed = (
                "" if _is_balanced(found) else ", not closed: the text may read otherwise than it is stored"
            )
            yield Finding(f"{told} ({points(''.join(found))}){closed}.", path, fix=_STRIP)


def _is_balanced(marks: list[str]) -> bool:
    waiting: list[str] = []
    for mark in marks:
        if mark in _CLOSES:
            waiting.append(_CLOSES[mark])
        elif not waiting or waiting.pop() != mark:
            return False
    return not waiting


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return cure(line, finding.path, lambda text: _DIRECTION.sub("", text))


RULE = Rule(
    code="X003",
    names=("bidi-control",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="A text holds embedding, override or isolate marks (U+202A to U+202E, U+2066 to U+2069).",
        why="They make a text look other than it is; unclosed ones turn what follows them as well.",
        example='"content": "access \\u202enimda granted"',
        instead='"content": "access nimda granted"',
        fix="Offered: they are stripped.",
        source="none; Unicode Standard Annex 9",
    ),
    checks=(ExampleCheck(_check, Ordinary.GATE, chars_gate(*_RANGES)),),
    repair=_repair,
)
