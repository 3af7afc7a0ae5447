"""X007: a text holds no e-mail addresses, telephone or card numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.gates import any_gate, literal_gate
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.rules.text.gates import number_gate
from sentitui.dataset.rules.text.pieces import cure, pieces
from sentitui.dataset.subject import Subject

_EMAIL = re.compile(
    r"(?<![\w.+%-])[A-Za-z0-9][\w.+%-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w@])", re.ASCII
)
# 13 to 19 digits in one run or in groups, that stand alone: no part of a longer number, of a hash or of a
# UUID, nor of a table of numbers (another group of four beside them).
_CARD = re.compile(
    r"(?<![\w.-])(?<![0-9A-F]{4}[ -])"
    r"(?:\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}|3\d{3}[ -]\d{6}[ -]\d{5}|\d{13,19})"
    r"(?![\w-]|\.\d|[ -][0-9A-F]{4}\b)",
    re.ASCII,
)
# First digits and lengths of the large issuers (ISO/IEC 7812).
_ISSUERS = re.compile(
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|6(?:011|5\d\d)\d{12}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}"
)
# +49 30 1234567 with 9 to 15 digits, and (555) 123-4567. Bare digits, dates and versions are no telephone
# numbers.
_PHONE = re.compile(
    r"(?<![\w.+/-])\+[1-9]\d{0,2}(?:[ .-]?\(\d{1,4}\))?(?:[ .-]?\d{1,4}){2,6}(?![\w-])"
    r"|(?<![\w.+/-])(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4}(?![\w-]|\.\d)",
    re.ASCII,
)
# A part of every number that is reported; found much faster than the numbers themselves.
_DIGITS = re.compile(r"[0-9][0-9 ().-]{6}")
_LEAST_DIGITS, _MOST_DIGITS = 9, 15  # of an international number: ITU E.164


def _check(subject: Subject) -> Iterator[Finding]:
    for path, text in pieces(subject):
        if "@" in text:
            yield from _one(path, "pii-email", "an e-mail address", [m[0] for m in _EMAIL.finditer(text)])
        if not _DIGITS.search(text):
            continue
        cards = [m[0] for m in _CARD.finditer(text) if _is_card(m[0])]
        yield from _one(path, "pii-card", "a card number", [f"…{card[-4:]}" for card in cards])
        yield from _one(
            path, "pii-phone", "a telephone number", [m[0] for m in _PHONE.finditer(text) if _is_phone(m[0])]
        )


def _one(path: str, name: str, what: str, found: list[str]) -> Iterator[Finding]:
    """One finding for all of one kind in a text."""
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        fix = Fix(f"Replace it by {_REDACTED[name]}")
        yield Finding(f"It looks like {what}: {shown(found[0])}{more}.", path, name, fix=fix)


def _is_card(text: str) -> bool:
    digits = re.sub(r"[ -]", "", text)
    return _ISSUERS.fullmatch(digits) is not None and _luhn(digits)


def _luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[::-2]))) % 10 == 0


def _is_phone(text: str) -> bool:
    return _LEAST_DIGITS <= sum(map(str.isdigit, text)) <= _MOST_DIGITS


_REDACTED = {"pii-email": "[email]", "pii-phone": "[phone]", "pii-card": "[card]"}


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return cure(line, finding.path, lambda text: _redacted(text, finding.name))


# A number beside another is seen as a card only once that one is gone.
_ROUNDS = 10


def _redacted(text: str, name: str) -> str:
    if name == "pii-card":
        for _ in range(_ROUNDS):
            once = _CARD.sub(lambda match: "[card]" if _is_card(match[0]) else match[0], text)
            if once == text:
                break
            text = once
        return text
    if name == "pii-phone":
        return _PHONE.sub(lambda match: "[phone]" if _is_phone(match[0]) else match[0], text)
    return _EMAIL.sub("[email]", text)


RULE = Rule(
    code="X007",
    names=("pii-email", "pii-phone", "pii-card"),
    severity=Severity.WARNING,
    severities={"pii-phone": Severity.HINT},
    formats=EVERY_FORMAT,
    doc=Doc(
        what=(
            "A text holds an e-mail address, a telephone number or a card number whose check digit is right."
        ),
        why="A tuned model can repeat it to anyone, and the file is uploaded to the provider.",
        example='"content": "Write to jane.doe@example.com"',
        instead='"content": "Write to [email]"',
        fix="Offered: it is replaced by [email], [phone] or [card].",
        source="none; ISO/IEC 7812 (cards), ITU E.164 (telephone numbers)",
    ),
    checks=(ExampleCheck(_check, Ordinary.GATE, any_gate(literal_gate(b"@"), number_gate)),),
    repair=_repair,
)
