"""The small pure parts: escaping, fitting, charts, job state, launch values, first paint."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentitui.errors import ConfigError
from sentitui.playground.run import Completion, Delta, Finished
from sentitui.playground.tally import exact
from sentitui.providers.provider import Provider
from sentitui.tui import charts, escaping, launch_values
from sentitui.tui import text as fitting
from sentitui.tui.job_state import JobState
from sentitui.tui.play_state import Saying, rows_of
from sentitui.tui.terminal import prepaint
from sentitui.tuning.jobs import JobEvent

anything = st.text(st.characters(), max_size=60)
nasty = st.text(
    st.sampled_from("ab \\u20\x0b\x0c\x1c\x85\u2028\u2029\r\n\t\x00\x1b\u200d\ufe0f\u202e\ud800é漢"),
    max_size=30,
)


@given(anything | nasty)
def test_escaping_loses_nothing(text: str) -> None:
    """What is escaped and unescaped is what it was."""
    assert escaping.unescape(escaping.escape(text)) == text


@given(nasty)
def test_escaped_text_holds_nothing_that_a_text_area_changes(text: str) -> None:
    """Only line feeds and tabs are left of all controls, and no other line break."""
    escaped = escaping.escape(text)
    assert escaped.split("\n") == [line for part in escaped.split("\n") for line in part.splitlines() or [""]]
    assert not set(escaped) & set("\x00\x1b\r\x7f\u202e\u2028\u2029\x85")


@given(anything, st.integers(1, 40))
def test_padded_text_has_exactly_its_width(text: str, width: int) -> None:
    """Whatever the characters, a padded text fills its columns."""
    shown = "".join(c for c in text if c.isprintable())
    assert fitting.cells(fitting.pad(shown, width)) == width


@given(st.text(st.sampled_from("ab c 漢é"), max_size=80), st.integers(4, 30))
def test_wrapping_keeps_every_word_and_the_width(text: str, width: int) -> None:
    """Rows fit, and together they are the text without the blanks at their ends."""
    rows = fitting.wrap(text, width)
    assert all(fitting.cells(row) <= width for row in rows)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")


@given(
    st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), max_size=300),
    st.integers(1, 60),
    st.integers(1, 12),
)
def test_a_curve_fits_its_place(values: list[float], width: int, height: int) -> None:
    """Any values make exactly as many rows, none wider than asked."""
    chart = charts.curve(values, width, height)
    assert len(chart.rows) == height
    assert all(len(row) in (0, width) for row in chart.rows)


def test_a_spike_stays_visible_however_many_values_there_are() -> None:
    """One value in ten thousand still reaches the top of the chart."""
    values = [1.0] * 10_000
    values[5_000] = 9.0
    assert charts.curve(values, 20, 4).rows[0].strip()


def test_a_curve_ends_where_training_is() -> None:
    """With a third of the steps done a third of the width is drawn."""
    drawn = charts.curve([3.0, 2.0, 1.0], 30, 4, total=9)
    assert max(len(row.rstrip()) for row in drawn.rows) == 10


def test_bars_grow_by_eighths() -> None:
    """A bar is as long as its share."""
    assert charts.bar(0.5, 4) == "██  "
    assert charts.bar(1 / 32, 4) == "▏   "
    assert charts.bar(1.0, 4) == "████"


@pytest.mark.parametrize(("seconds", "words"), [(4.4, "4 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")])
def test_durations_read_like_words(seconds: float, words: str) -> None:
    """Seconds become the units people use."""
    assert charts.duration(seconds) == words


def test_a_job_knows_how_long_it_will_take() -> None:
    """The pace so far says what is left."""
    state = JobState()
    state.take(
        JobEvent(
            str(n), 100 + 2 * n, "info", "", "metrics", {"step": n, "total_steps": 10, "train_loss": 1.0}
        )
        for n in range(1, 6)
    )
    assert state.share == 0.5
    assert state.remaining == 10.0


@pytest.mark.parametrize(
    ("field", "value"),
    [("epochs", "0"), ("epochs", "many"), ("seed", "-1"), ("suffix", "a b"), ("model", " ")],
)
def test_a_launch_value_that_makes_no_sense_is_named(field: str, value: str, tmp_path: Path) -> None:
    """The message says which field and what it takes."""
    provider = Provider("ours", default_model="small")
    values = {**launch_values.defaults(provider, tmp_path / "my data.jsonl"), field: value}
    with pytest.raises(ConfigError) as raised:
        launch_values.request_of(values, provider, tmp_path)
    assert raised.value.message.casefold().startswith("base model" if field == "model" else field)


def test_a_pane_counts_what_is_whole_and_shows_what_streams() -> None:
    """Bars count finished answers; a growing answer is shown below them."""
    saying = Saying(3)
    saying.take(Finished(Completion("base", 0, 0, "Positive")))
    saying.take(Finished(Completion("base", 0, 1, error="refused")))
    saying.take(Delta("base", 0, 2, "Neg"))
    rows = rows_of(saying, exact, "Positive", 60)
    assert rows[0].kind == "best"
    assert "1x" in rows[0].text
    assert any(row.kind == "failed" and "refused" in row.text for row in rows)
    assert any("Neg" in row.text for row in rows)
    assert any("1 of 1 are “Positive”" in row.text for row in rows)


@given(st.binary(max_size=400), st.integers(1, 200), st.integers(1, 60))
def test_the_first_paint_takes_any_bytes_and_any_size(content: bytes, width: int, height: int) -> None:
    """No file and no terminal breaks the first paint, and nothing of the file is obeyed."""
    head = prepaint.Head("x\x1b[31m.jsonl", content, len(content))
    painted = prepaint.frame(head, width, height, None)
    for start in range(len(painted)):
        if painted[start] == "\x1b":
            assert painted[start : start + 2] == "\x1b["
    assert "\x1b[31m" not in painted
