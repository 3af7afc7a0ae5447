"""Rules about texts: gates never miss a line, traps stay silent, cures keep what is spelling."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentitui.dataset.check import check_example
from sentitui.dataset.fixes import apply
from sentitui.dataset.gates import Block
from sentitui.dataset.rules import RULES
from sentitui.dataset.rules.rule import ExampleCheck, Ordinary

FIXTURES = Path(__file__).parent / "fixtures"
GATED = [
    (one.code, check.gate)
    for one in RULES
    for check in one.checks
    if one.code.startswith("X")
    and isinstance(check, ExampleCheck)
    and check.ordinary is Ordinary.GATE
    and check.gate
]

# What the rules look for, and what lies close to it.
PIECES = [
    "plain words",
    "café",
    "cafe\u0301",
    "\u200b",
    "می\u200cخواهم",
    "👩\u200d👧",
    "\u202e",
    "\x1b[31m",
    "\x00",
    "\x08",
    "\x0c",
    "\x7f",
    "\x85",
    "\ufffd",
    "cafÃ©",
    "itâ€™s",
    "Ð\u009fÑ€Ð¸Ð²",
    "ðŸ˜€",
    "AKIA0123456789ABCDEF",
    "sk-abcdefghij1234567890abcdef",
    "ghp_" + "a1B2" * 9,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3.abcdefgh12345",
    "-----BEGIN PRIVATE KEY-----",
    "AIza" + "b" * 35,
    "jane@example.com",
    "+49 30 1234567",
    "+3545551234",
    "555-123-4567",
    "(555) 123-4567",
    "4111 1111 1111 1111",
    "378282246310005",
    "2024-01-15 10:00",
    "\\frac{1}{2}",
    '"quoted"',
    "\u2028",
]


def line_of(text: str, *, escaped: bool) -> bytes:
    """A chat line that holds the text, with or without \\u escapes."""
    example = {"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "ok"}]}
    return json.dumps(example, ensure_ascii=escaped).encode()


@pytest.mark.parametrize(("code", "gate"), GATED, ids=[code for code, _ in GATED])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_gate_never_misses_a_line(code: str, gate: Any, data: st.DataObject) -> None:
    """Every line in which a rule finds something is picked by its gate, however the line spells it."""
    texts = data.draw(
        st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join), min_size=1, max_size=6)
    )
    lines = [line_of(text, escaped=data.draw(st.booleans())) for text in texts]
    picked = set(gate(Block(b"\n".join(lines) + b"\n", lines)))
    for index, line in enumerate(lines):
        if any(d.code == code for d in check_example(line)):
            assert index in picked


@pytest.mark.parametrize("code", [code for code, _ in GATED])
def test_a_gate_picks_every_bad_line_of_its_fixture(code: str) -> None:
    """The gate picks the fixture's bad lines, spelt plainly and in escapes."""
    gate = dict(GATED)[code]
    for case in json.loads((FIXTURES / f"{code}.json").read_text("utf-8"))["bad"]:
        line = case["line"]
        spellings = (
            [line.encode()]
            if isinstance(line, str)
            else [
                json.dumps(line, ensure_ascii=False).encode(),
                json.dumps(line).encode(),
            ]
        )
        for one in spellings:
            assert set(gate(Block(one + b"\n", [one]))) == {0}, one


def test_an_ordinary_block_is_not_picked_at_all() -> None:
    """Prose with figures, dates and accents is picked by no gate of the family but that of numbers."""
    prose = "The café opened on 2024-01-15, at 10:30; 12,345 people (risk-based) came – “great”, they said."
    lines = [line_of(f"{i}: {prose}", escaped=False) for i in range(50)]
    for code, gate in GATED:
        if code != "X007":
            assert list(gate(Block(b"\n".join(lines) + b"\n", lines))) == [], code


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join), st.booleans())
def test_a_cure_leaves_its_rule_silent(text: str, escaped: bool) -> None:
    """After an offered fix the rule has nothing more to offer at that place."""
    line = line_of(text, escaped=escaped)
    for found in check_example(line):
        if found.code.startswith("X") and found.fix is not None:
            fixed = apply(line, found)
            assert fixed is not None
            again = [(d.code, d.name) for d in check_example(fixed) if d.fix is not None]
            assert (found.code, found.name) not in again


def test_an_image_in_a_data_url_is_not_read_as_text() -> None:
    """Base64 that happens to hold the shape of a key or a card number is no finding."""
    url = "data:image/png;base64,AKIA0123456789ABCDEF" + "4111111111111111" * 4
    part = {"type": "image_url", "image_url": {"url": url}}
    line = json.dumps({"messages": [{"role": "user", "content": [part]}]}).encode()
    assert not [d for d in check_example(line) if d.code in {"X006", "X007"}]


def test_a_key_is_not_shown_in_full() -> None:
    """The message of a secret shows its beginning only, that of a card its end only."""
    key = "sk-abcdefghij1234567890abcdef"
    messages = [d.message for d in check_example(line_of(f"{key} 4111 1111 1111 1111", escaped=False))]
    assert not any(key in message or "4111 1111" in message for message in messages)


@pytest.mark.parametrize("escaped", [False, True])
def test_every_character_that_nfc_changes_passes_the_gate(escaped: bool) -> None:
    """The gate of the NFC rule picks every character that normalizing changes, alone or after a letter."""
    gate = dict(GATED)["X004"]
    texts = [
        base + chr(point)
        for point in (*range(0x80, 0xD800), *range(0xE000, 0x2FA20))
        for base in ("", "a")
        if not unicodedata.is_normalized("NFC", base + chr(point))
    ]
    lines = [line_of(text, escaped=escaped) for text in texts]
    picked = set(gate(Block(b"\n".join(lines) + b"\n", lines)))
    assert len(picked) == len(texts) > 1000


@pytest.mark.parametrize(
    "unit",
    [
        "\u200d",
        "👩\u200d",
        "\u202e",
        "\x1b]",
        "Ã©",
        "Ð\u009f",
        "eyJaaaaaaaaaaaa.",
        "a.a@a.",
        "4111 ",
        "+1 ",
        "-----BEGIN PRIVATE KEY-----",
    ],
    ids=repr,
)
def test_a_long_text_of_one_kind_takes_no_time_that_is_squared(unit: str) -> None:
    """Two hundred thousand characters made to mislead the patterns are checked and cured all the same."""
    line = line_of(unit * (200_000 // len(unit)), escaped=False)
    offered = [d for d in check_example(line) if d.code.startswith("X") and d.fix is not None]
    assert len(offered) < 10
    for found in offered:
        assert apply(line, found) != line
