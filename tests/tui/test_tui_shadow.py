"""What the terminal shows after differences alone is what it would show after whole frames."""

from __future__ import annotations

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from sentitui.tui.terminal.cells import PLAIN, Pen, Row, cells_of, guarded
from sentitui.tui.terminal.shadow import Shadow

Frame = list[list[tuple[str, Style | None]]]
WIDTH, HEIGHT = 24, 8
STYLES = [None, Style.parse("bold red"), Style.parse("on blue"), Style.parse("underline #aabbcc on #112233")]

# Widths on which pyte and Rich agree; what terminals disagree about is written so that it does not matter.
words = st.text(st.sampled_from("abc  漢字é─▌"), max_size=WIDTH)
lines = st.lists(st.tuples(words, st.sampled_from(STYLES)), max_size=3)
frames = st.lists(lines, min_size=HEIGHT, max_size=HEIGHT)


def row_of(line: list[tuple[str, Style | None]], width: int = WIDTH) -> Row:
    """The cells of a line, cut and filled to the width without half characters."""
    row = cells_of([Segment(text, style) for text, style in line], ColorSystem.TRUECOLOR)[:width]
    if row and row[-1][0] != "" and len(row) == width and _wide(row[-1][0]):
        row[-1] = (" ", row[-1][1])
    return row + [(" ", PLAIN)] * (width - len(row))


def _wide(text: str) -> bool:
    return text in "漢字"


def shown(screen: pyte.Screen) -> list[list[tuple[str, str, str, bool, bool]]]:
    """Text and look of every cell; the foreground of a bare blank is nobody's business."""
    rows = []
    for y in range(HEIGHT):
        row = []
        for x in range(WIDTH):
            cell = screen.buffer[y][x]
            bare = cell.data == " " and not cell.underscore
            row.append((cell.data, "" if bare else cell.fg, cell.bg, cell.bold and not bare, cell.underscore))
        rows.append(row)
    return rows


def terminal() -> tuple[pyte.Screen, pyte.Stream]:
    """An emulated terminal as the app leaves it: line feeds return the carriage, no wrapping."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    screen.set_mode(pyte.modes.LNM)
    screen.reset_mode(pyte.modes.DECAWM)
    return screen, pyte.Stream(screen)


def pieces_of(frame: Frame) -> list[tuple[int, int, Row]]:
    """A whole frame as pieces."""
    return [(0, y, row_of(line)) for y, line in enumerate(frame)]


@settings(max_examples=150, deadline=None)
@given(st.lists(frames, min_size=2, max_size=4), st.integers(-5, 5))
def test_differences_show_what_whole_frames_show(story: list[Frame], shift: int) -> None:
    """A story of frames, one of them scrolled, looks the same written as differences and written whole."""
    scrolled = [story[0][(y + shift) % HEIGHT] for y in range(HEIGHT)]
    shadow = Shadow(erases=False)
    screen, stream = terminal()
    for frame in [story[0], scrolled, *story[1:]]:
        stream.feed(shadow.update(pieces_of(frame), WIDTH, HEIGHT))
        whole, fresh = terminal()
        fresh.feed(Shadow(erases=False).update(pieces_of(frame), WIDTH, HEIGHT))
        assert shown(screen) == shown(whole)


@settings(max_examples=100, deadline=None)
@given(frames, st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1), words)
def test_a_piece_over_wide_characters_leaves_no_halves(frame: Frame, x: int, y: int, text: str) -> None:
    """A piece that covers half of a wide character clears the other half too."""
    shadow = Shadow(erases=False)
    screen, stream = terminal()
    stream.feed(shadow.update(pieces_of(frame), WIDTH, HEIGHT))
    stream.feed(shadow.update([(x, y, row_of([(text, None)], WIDTH - x))], WIDTH, HEIGHT))
    whole, fresh = terminal()
    fresh.feed(
        Shadow(erases=False).update([(0, at, list(row)) for at, row in enumerate(shadow.rows)], WIDTH, HEIGHT)
    )
    assert shown(screen) == shown(whole)


def test_an_unchanged_frame_costs_nothing() -> None:
    """Showing the same again sends nothing."""
    shadow = Shadow()
    frame: Frame = [[("hello", None)]] * HEIGHT
    assert shadow.update(pieces_of(frame), WIDTH, HEIGHT)
    assert shadow.update(pieces_of(frame), WIDTH, HEIGHT) == ""


def test_a_scroll_by_one_sends_one_line() -> None:
    """Scrolling a screen of text by a line costs about a line."""
    texts = [f"line {number} of the story" for number in range(HEIGHT + 1)]
    shadow = Shadow()
    shadow.update(pieces_of([[(text, None)] for text in texts[:HEIGHT]]), WIDTH, HEIGHT)
    sent = shadow.update(pieces_of([[(text, None)] for text in texts[1:]]), WIDTH, HEIGHT)
    assert len(sent) < 60
    assert texts[-1] in sent


@given(st.text(min_size=1, max_size=4))
def test_no_cell_ever_holds_a_control_character(text: str) -> None:
    """Whatever a widget renders, no control character gets to the terminal from a cell."""
    row = cells_of([Segment(text)], ColorSystem.TRUECOLOR)
    joined = "".join(cell for cell, _ in row)
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in joined)


def test_a_guarded_control_character_is_seen() -> None:
    """A lone control character becomes a replacement character rather than nothing."""
    assert guarded("\x1b") == "\ufffd"


def test_a_pen_changes_only_what_differs() -> None:
    """Two pens that share the background do not send it again; dropped attributes reset first."""
    assert Pen("", "31", "44").after(Pen("", "32", "44")) == "\x1b[31m"
    assert Pen("", "", "44").after(Pen("1", "31", "44")) == "\x1b[0;44m"
    assert Pen("1", "31", "").after(PLAIN) == "\x1b[1;31m"
