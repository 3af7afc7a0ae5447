"""The careful JSON reader agrees with the strict parsers where they can tell, and sees what they do not."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentitui.dataset import paths
from sentitui.dataset.quick import read, unescaped_quotes
from sentitui.dataset.scan import MAX_DEPTH, MISSING, scan
from tests.fakes.lines import any_line

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(values, st.booleans())
def test_every_json_value_is_read_as_written(value: Any, escaped: bool) -> None:
    """Whatever a writer escapes, the reader gives the value back and finds nothing wrong."""
    text = json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    found = scan(text)
    assert json.dumps(found.value) == json.dumps(value)
    assert (found.error, found.repeated, found.nonfinite, found.huge) == (None, [], [], [])


@given(any_line)
@settings(max_examples=300)
def test_the_strict_parser_and_the_careful_reader_agree_on_what_is_json(one: bytes) -> None:
    """A line that msgspec refuses has a finding, and a line that it takes has no syntax mistake."""
    found = scan(one)
    try:
        msgspec.json.decode(one)
    except (ValueError, RecursionError):
        undecodable = b"" if found.error or found.nonfinite or found.surrogates else one
        with pytest.raises(UnicodeDecodeError):
            undecodable.decode() if undecodable else b"\xff".decode()
    else:
        assert found.error is None


@given(any_line)
@settings(max_examples=300)
def test_reading_quickly_gives_the_same_as_reading_carefully(one: bytes) -> None:
    """The quick reader differs in depth only, which it counts when it matters."""
    quick, careful = read(one), scan(one)
    assert (quick.error, quick.repeated, quick.nonfinite) == (
        careful.error,
        careful.repeated,
        careful.nonfinite,
    )
    assert (quick.surrogates, quick.huge) == (careful.surrogates, careful.huge)
    assert repr(quick.value) == repr(careful.value) or quick.value is careful.value is MISSING


@given(st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True))
def test_no_spelling_of_a_number_escapes_the_quick_reader(number: str) -> None:
    """Whatever is wrong with a number is found in either way, also deep inside a line with texts."""
    one = f'{{"x": ["15 digits: 123456789012345", {number}], "y": {{"z": {number}}}}}'.encode()
    quick, careful = read(one), scan(one)
    assert (quick.error, quick.huge, repr(quick.value)) == (careful.error, careful.huge, repr(careful.value))


@given(st.text())
def test_unescaped_quotes_are_counted_as_a_parser_reads_them(text: str) -> None:
    """A string has two of them, whatever backslashes and quotes are in it."""
    assert unescaped_quotes(json.dumps(text).encode()) == 2


@pytest.mark.parametrize(
    ("text", "kind", "byte"),
    [
        ('{"a":1,}', "trailing-comma", 7),
        ("{'a':1}", "single-quotes", 1),
        ('{"a":None}', "python-literal", 5),
        ("{a:1}", "unquoted-key", 1),
        ('{"a":"x\ty"}', "control-character", 7),
        ('{"a":"\\x"}', "bad-escape", 6),
        ('{"a":"\\u12"}', "bad-escape", 6),
        ('{"a":1}{"b":2}', "two-objects", 7),
        ('{"a":1},', "comma-after-line", 7),
        ('{"a":1} # c', "comment", 8),
        ('{"a":/* c */1}', "comment", 5),
        ("{“a”:1}", "smart-quotes", 1),
        ('{"a":[1,2', "cut-line", 9),
        ('{"a":"x', "cut-line", 5),
        ('{"a":\u00a01}', "odd-space", 5),
        ('{"a":\u200b1}', "odd-space", 5),
        ('{"é":1 "b":2}', "missing-comma", 8),
        ('{"a" 1}', "missing-colon", 5),
        ('{"a":01}', "bad-number", 5),
        ('{"a":+1}', "bad-number", 5),
        ('{"a":}', "unexpected", 5),
        ("[1}", "wrong-bracket", 2),
        ("[,1]", "extra-comma", 1),
        ('{"a":1}x', "extra-text", 7),
        ("", "empty", 0),
    ],
)
def test_each_mistake_has_its_name_and_byte(text: str, kind: str, byte: int) -> None:
    """The mistake is named for what it is, at the byte where it is."""
    error = scan(text.encode()).error
    assert error is not None
    assert (error.kind, error.byte) == (kind, byte)


def test_nesting_of_any_depth_is_read_without_recursing() -> None:
    """Reading stops at the deepest level that is taken, in a line of any size."""
    found = scan(b"[" * 200_000)
    assert found.depth == MAX_DEPTH
    assert found.value is MISSING
    assert read(b'{"a":' * 500 + b"1" + b"}" * 500).depth == 500


@given(st.lists(st.text(max_size=6) | st.integers(0, 99), max_size=5))
def test_paths_are_parsed_back(steps: list[str | int]) -> None:
    """A path as a diagnostic writes it leads back to the same steps, whatever the keys are called."""
    path = ""
    for step in steps:
        path = paths.key(path, step) if isinstance(step, str) else paths.item(path, step)
    assert paths.parse(path) == tuple(steps)
