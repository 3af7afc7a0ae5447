"""The fast way and the careful way say the same of every line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentitui.dataset.checking.block import BlockPass
from sentitui.dataset.checking.examine import Setting, examine
from sentitui.dataset.columns import Columns
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.digest import digest
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import profile, profile_names
from tests.fakes.lines import SEEDS, any_line, chat, conversations, line, mutations

SETTING = Setting(None, Format.CHAT, profile("openai"))


def quickly(lines: list[bytes], setting: Setting) -> tuple[set[Diagnostic], Columns]:
    """What the block pass finds."""
    block_pass = BlockPass(setting)
    return set(block_pass.run(b"".join(one + b"\n" for one in lines))), block_pass.columns


def carefully(lines: list[bytes], setting: Setting) -> tuple[set[Diagnostic], Columns]:
    """What examining one line after another finds."""
    found: set[Diagnostic] = set()
    columns = Columns()
    for number, one in enumerate(lines, 1):
        examined = examine(one.removesuffix(b"\r"), setting, number)
        found.update(examined.diagnostics)
        columns.append(digest(examined.subject) if examined.subject else None)
    return found, columns


def assert_same(lines: list[bytes], setting: Setting) -> None:
    """Both ways find the same and remember the same of every line."""
    quick, columns = quickly(lines, setting)
    careful, expected = carefully(lines, setting)
    assert quick == careful
    assert len(columns) == len(lines)
    for index in range(len(lines)):
        assert columns.digest(index) == expected.digest(index)


@given(st.lists(st.one_of(any_line, conversations), max_size=8))
@settings(max_examples=150, deadline=None)
def test_gates_and_proofs_lose_nothing(lines: list[bytes]) -> None:
    """Gates and the proof of ordinariness change nothing of what is said about the lines of a block."""
    assert_same(lines, SETTING)


@pytest.mark.parametrize("name", profile_names())
@pytest.mark.parametrize("form", [None, *Format])
def test_every_profile_and_format_agrees(name: str, form: Format | None) -> None:
    """Both ways agree for every provider and every given format."""
    assert_same([*SEEDS, *mutations(3, 40)], Setting(form, form or Format.CHAT, profile(name)))


def test_a_repeated_key_among_ordinary_lines_is_found() -> None:
    """The one fault that the typed decode does not see is found by counting quotes, in the right line."""
    good = line(chat('a \\" b', "\\"))
    bad = good.replace(b'"role": "user",', b'"role": "user", "role": "user",')
    found, _ = quickly([good, bad, good], SETTING)
    assert [(d.code, d.location.line) for d in found] == [("J003", 2)]


@pytest.mark.slow
def test_a_hundred_thousand_mutated_lines_agree_and_crash_nothing() -> None:
    """No mutation of a line makes the checker fail, hang, or say different things in its two ways."""
    lines = list(mutations(7, 100_000))
    for start in range(0, len(lines), 2_000):
        assert_same(lines[start : start + 2_000], SETTING)
