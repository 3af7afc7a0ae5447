"""X005: a text was read in the encoding that it was written in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.rules.text.gates import mojibake_gate
from sentitui.dataset.rules.text.pieces import cure, pieces, times
from sentitui.dataset.subject import Subject

# The characters that bytes 0x80 to 0xBF become when UTF-8 is read as Latin-1 or Windows-1252.
_HIGH = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
# Only what no orthography writes: Â before a sign of Latin-1; Ã before anything but closing quotes, dashes
# and dots (MAÇÃ…, MAÇÃ”); â before €; ð before Ÿ; and other leads only three times in a row ("é”…" may
# stand in French).
_SEQUENCE = re.compile(
    rf"(?:Â[\u00a0-\u00bf\u0080-\u009f]|Ã(?![…”’—«»])[{_HIGH}]|â[€\u0080][{_HIGH}]|ð[Ÿ\u009f][{_HIGH}]{{2}})+"
    rf"|(?:[Ä-ßà-ï][{_HIGH}]{{1,2}}){{3,}}"
)
_REDECODE = Fix("Read it as UTF-8")
_REPLACEMENT = "\ufffd"


def _check(subject: Subject) -> Iterator[Finding]:
    for path, text in pieces(subject):
        if text.isascii():
            continue
        lost = text.count(_REPLACEMENT)
        if lost:
            told = times(lost, "replacement character", "replacement characters")
            yield Finding(f"{told} (U+FFFD): letters were lost when the text was decoded.", path)
        garbled = next((m[0] for m in _SEQUENCE.finditer(text) if _meant(m[0]) is not None), None)
        if garbled is not None:
            message = (
                f"{shown(repr(garbled))} looks like {shown(repr(_meant(garbled)))} read in another encoding."
            )
            yield Finding(message, path, fix=_REDECODE)


def _meant(garbled: str) -> str | None:
    """What a sequence says when its characters are taken for the bytes of UTF-8."""
    try:
        meant = b"".join(map(_byte, garbled)).decode("utf-8")
    except UnicodeError:
        return None
    return meant if meant.isprintable() or meant.isspace() else None


def _byte(char: str) -> bytes:
    return bytes([ord(char)]) if ord(char) < 256 else char.encode("cp1252")


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return cure(
        line, finding.path, lambda text: _SEQUENCE.sub(lambda match: _meant(match[0]) or match[0], text)
    )


RULE = Rule(
    code="X005",
    names=("mojibake",),
    severity=Severity.HINT,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="A text holds U+FFFD, or sequences such as Ã© that are UTF-8 read in another encoding.",
        why="The model learns the garbled letters.",
        example='"content": "cafÃ©"',
        instead='"content": "café"',
        fix="Offered for garbled sequences: they are read as UTF-8. What U+FFFD stood for is lost.",
        source="none",
    ),
    checks=(ExampleCheck(_check, Ordinary.GATE, mojibake_gate),),
    repair=_repair,
)
