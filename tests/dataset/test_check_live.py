"""An open file's diagnostics after any edits are those of the file checked anew."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sentitui.dataset.checking.block import BlockPass
from sentitui.dataset.checking.conclude import conclude
from sentitui.dataset.checking.live import Checker
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.format import Format
from sentitui.dataset.report import key_of
from tests.fakes.lines import any_line, chat, line

_few_lines = st.one_of(
    any_line,
    st.builds(
        lambda asked, answered: line(chat(asked, answered)),
        st.sampled_from(["Good film", "good film!", "Bad film", "So so"]),
        st.sampled_from(["Positive", "positive", "Negative"]),
    ),
)
_edits = st.lists(
    st.tuples(st.sampled_from(["replace", "insert", "delete", "move"]), st.integers(0, 30), _few_lines),
    max_size=6,
)


def anew(lines: list[bytes], checker: Checker) -> list[Diagnostic]:
    """Everything that the lines show when they are checked from nothing."""
    block_pass = BlockPass(checker.setting)
    found = list(block_pass.run(b"".join(one + b"\n" for one in lines)))
    across = conclude(block_pass.columns, None, Format.CHAT, checker.setting.profile)
    return [*found, *(diagnostic for _, diagnostic in across)]


def apply(checker: Checker, lines: list[bytes], edit: tuple[str, int, bytes]) -> None:
    """Does one edit to the checker and to the list."""
    kind, place, new = edit
    index = place % len(lines) if lines else 0
    if kind == "insert" or not lines:
        lines.insert(index, new)
        checker.insert(index, new)
    elif kind == "replace":
        lines[index] = new
        checker.replace(index, new)
    elif kind == "delete":
        del lines[index]
        checker.delete(index)
    else:
        moved = lines.pop(index)
        to = (place * 7) % (len(lines) + 1)
        lines.insert(to, moved)
        checker.move(index, to, moved)


@given(st.lists(_few_lines, max_size=8), _edits, st.booleans())
@settings(max_examples=80, deadline=None)
def test_after_any_edits_all_is_as_if_checked_anew(lines: list[bytes], edits: list[Any], asked: bool) -> None:
    """Tallies, every line's diagnostics and the file's own agree with a fresh check."""
    checker = Checker(profile="openai")
    checker.feed(b"".join(one + b"\n" for one in lines))
    for edit in edits:
        if asked:
            checker.tallies()
        apply(checker, lines, edit)
    expected = anew(lines, checker)
    assert +checker.tallies() == Counter(map(key_of, expected))
    assert set(checker.whole_file()) == {d for d in expected if d.location.line is None}
    for index, one in enumerate(lines):
        wanted = {d for d in expected if d.location.line == index + 1}
        assert set(checker.diagnostics(index, one)) == wanted
        assert set(checker.conditions(index)) <= {key_of(d) for d in wanted}
    for code in {d.code for d in expected}:
        lines_of_code = {d.location.line for d in expected if d.code == code and d.location.line is not None}
        assert {index + 1 for index in checker.lines_with(code)} == lines_of_code


def test_a_keystroke_tells_what_is_wrong_now_with_its_relations() -> None:
    """Editing an answer into a contradiction is told at once, and no longer once it is undone."""
    checker = Checker()
    lines = [line(chat("Good film", "Positive")), line(chat("Bad film", "Negative"))]
    checker.feed(b"\n".join(lines))
    codes = {d.code for d in checker.replace(1, line(chat("good film!", "Negative")))}
    assert "Q003" in codes
    assert "Q003" not in {d.code for d in checker.replace(1, lines[1])}
