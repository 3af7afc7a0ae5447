"""Text from outside is shown, never obeyed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentitui import safe

anything = st.text(st.characters(codec=None))


@given(anything)
def test_nothing_that_a_terminal_obeys_is_left(value: str) -> None:
    """No control character, no direction mark, no line separator, no surrogate survives."""
    for shown, allowed in ((safe.line(value), ""), (safe.text(value), "\n")):
        left = {char for char in shown if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs")}
        assert left <= set(allowed)
        assert not set(shown) & set("\u202e\u2066\u200b\ufeff\u00ad\u061c")
        shown.encode("utf-8")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_is_left_alone(value: str) -> None:
    """What is printable ASCII comes back as it is."""
    assert safe.line(value) is value
    assert safe.text(value) is value


@pytest.mark.parametrize(
    ("value", "line", "text"),
    [
        ("a\x1b[2Jb", "a␛[2Jb", "a␛[2Jb"),
        ("a\tb\r\nc\rd", "a␉b␍␊c␍d", "a    b\nc␍d"),
        ("\x00\x07\x7f\x9b", "␀␇␡·", "␀␇␡·"),
        ("x\u202ey\u2028z", "x·y␤z", "x·y␤z"),
        ("tag\U000e0041", "tag·", "tag·"),
        ("e\u0301\u0301\u0301\u0301\u0301", "e\u0301\u0301\u0301", "e\u0301\u0301\u0301"),
        (
            "👩\u200d👩\u200d👧 ❤\ufe0f äß漢字",
            "👩\u200d👩\u200d👧 ❤\ufe0f äß漢字",
            "👩\u200d👩\u200d👧 ❤\ufe0f äß漢字",
        ),
        ("\ud800", "\ufffd", "\ufffd"),
    ],
)
def test_controls_become_pictures(value: str, line: str, text: str) -> None:
    """A reviewer sees what is there; letters, emoji and their joiners stay."""
    assert safe.line(value) == line
    assert safe.text(value) == text
