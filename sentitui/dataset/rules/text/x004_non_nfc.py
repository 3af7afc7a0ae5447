"""X004: a text is in Unicode's composed form (NFC)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.rules.text.gates import non_nfc_gate
from sentitui.dataset.rules.text.pieces import cure, pieces
from sentitui.dataset.subject import Subject

_NORMALIZE = Fix("Write it in NFC")


def _check(subject: Subject) -> Iterator[Finding]:
    for path, text in pieces(subject):
        if not text.isascii() and not unicodedata.is_normalized("NFC", text):
            message = f"The text is not in composed form (NFC), first in {shown(repr(_first(text)))}."
            yield Finding(message, path, fix=_NORMALIZE)


def _first(text: str) -> str:
    """The first word that normalizing changes."""
    words = text.split()
    return next((word for word in words if not unicodedata.is_normalized("NFC", word)), text)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return cure(line, finding.path, lambda text: unicodedata.normalize("NFC", text))


RULE = Rule(
    code="X004",
    names=("non-nfc",),
    severity=Severity.HINT,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="A text spells letters as a base and combining marks, or with characters that NFC replaces.",
        why="The same word in two spellings is two sequences of tokens, and comparing answers fails.",
        example='"content": "cafe\\u0301"',
        instead='"content": "café"',
        fix="Offered: the text is composed.",
        source="none; Unicode Standard Annex 15",
    ),
    checks=(ExampleCheck(_check, Ordinary.GATE, non_nfc_gate),),
    repair=_repair,
)
