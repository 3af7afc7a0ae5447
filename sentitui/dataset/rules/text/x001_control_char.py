"""X001: a text holds no control characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.rules.text.gates import control_gate
from sentitui.dataset.rules.text.pieces import cure, pieces, points, times
from sentitui.dataset.subject import Subject

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# ECMA-48: OSC ends with BEL or ST; CSI with a letter or one of @ ` { | } ~.
_SEQUENCE = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[@-Z\\-_]"
)
_STRIP = Fix("Strip them")


def _check(subject: Subject) -> Iterator[Finding]:
    for path, text in pieces(subject):
        found = _CONTROL.findall(text) if not text.isprintable() else ()
        if found:
            message = (
                f"{times(len(found), 'control character', 'control characters')} "
                f"({points(''.join(found))}){_kind(text)}."
            )
            yield Finding(message, path, fix=_STRIP)


def _kind(text: str) -> str:
    if "\x1b]52" in text or "\x9d52" in text:
        return ": a terminal sequence that sets the clipboard (OSC 52)"
    if "\x1b" in text or "\x9b" in text or "\x9d" in text:
        return ": terminal sequences (colours, cursor)"
    return ": the end of a string to many programs" if "\x00" in text else ""


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return cure(line, finding.path, lambda text: _CONTROL.sub("", _SEQUENCE.sub("", text)))


RULE = Rule(
    code="X001",
    names=("control-char",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="A text holds control characters (U+0000 to U+001F but tab and line ends, U+007F to U+009F).",
        why="The model learns to write them; a terminal that shows its answers acts on them.",
        example='"content": "\\u001b[31mPositive\\u001b[0m"',
        instead='"content": "Positive"',
        fix="Offered: they are stripped, terminal sequences as a whole.",
        source="none; ECMA-48",
    ),
    checks=(ExampleCheck(_check, Ordinary.GATE, control_gate),),
    repair=_repair,
)
