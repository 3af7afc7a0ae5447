"""The shadow: what the terminal shows now, and the fewest bytes that turn it into the next frame.

Refuses to guess: after a resize, a suspend or anything else that wrote to the terminal the shadow must be
told to `forget`, and then every cell is written again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sentitui.tui.terminal.cells import BLANK, PLAIN, Cell, Pen, Row, is_uncertain
from sentitui.tui.terminal.scrolling import Scroll, find_scroll

_BRIDGE = 6
"""Unchanged cells between two changed runs that are cheaper to write again than to jump over."""
_ERASE = 9
"""Blanks in a row that are cheaper to erase (and jump over) than to write."""

UNKNOWN: Cell = ("\0", PLAIN)
"""A cell of which nothing is known: different from every other, and never written."""

Piece = tuple[int, int, Row]
"""Column, row and the cells that are to stand from there on."""


@dataclass
class Shadow:
    """The cells of the terminal, row by row; `UNKNOWN` where nothing is known and nothing is written."""

    width: int = 0
    height: int = 0
    erases: bool = True
    """Whether the terminal erases with the background colour (back colour erase)."""
    rows: list[Row] = field(default_factory=list)
    pen: Pen | None = None
    """The pen that the last frame left set; None when that is not known."""

    def forget(self) -> None:
        """From now on nothing is known about the terminal: the next frame is written whole."""
        self.width = self.height = 0
        self.pen = None

    def update(self, pieces: Iterable[Piece], width: int, height: int) -> str:
        """Takes the pieces of a frame and returns the bytes (as text) that make the terminal show it."""
        if (width, height) != (self.width, self.height):
            self.width, self.height = width, height
            self.rows = [[UNKNOWN] * width for _ in range(height)]
        new = self._next(pieces)
        changed = [y for y, row in new.items() if row != self.rows[y]]
        if not changed:
            return ""
        writer = _Writer(self.erases, self.pen)
        self._scroll(writer, new, changed)
        for y in sorted(new):
            _write_row(writer, y, self.rows[y], new[y])
            self.rows[y] = new[y]
        self.pen = writer.pen
        return writer.written

    def _next(self, pieces: Iterable[Piece]) -> dict[int, Row]:
        new: dict[int, Row] = {}
        for x, y, cells in pieces:
            if 0 <= y < self.height and x < self.width:
                row = new.get(y)
                if row is None:
                    row = new[y] = list(self.rows[y])
                _place(row, max(x, 0), cells[max(-x, 0) : self.width - x])
        return new

    def _scroll(self, writer: _Writer, new: dict[int, Row], changed: list[int]) -> None:
        after = [new.get(y) or self.rows[y] for y in range(self.height)]
        scroll = find_scroll(self.rows, after, changed)
        if scroll is None:
            return
        writer.scroll(scroll)
        before = list(self.rows)
        for y in range(scroll.top, scroll.bottom + 1):
            source = scroll.source(y)
            self.rows[y] = [BLANK] * self.width if source is None else before[source]
            new.setdefault(y, after[y])


def _place(row: Row, x: int, cells: Row) -> None:
    if not cells:
        return
    end = x + len(cells)
    # A wide character of which only one half is covered is gone as a whole.
    if row[x][0] == "" and x > 0:
        row[x - 1] = (" ", row[x - 1][1])
    if end < len(row) and row[end][0] == "":
        row[end] = (" ", row[end][1])
    row[x:end] = cells


def _write_row(writer: _Writer, y: int, old: Row, new: Row) -> None:
    for start, end in _runs(old, new):
        writer.move(start, y)
        writer.write(new, start, end)


def _runs(old: Row, new: Row) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for x in [x for x, (before, after) in enumerate(zip(old, new, strict=True)) if before != after]:
        if runs and x - runs[-1][1] <= _BRIDGE and UNKNOWN not in new[runs[-1][1] : x]:
            runs[-1] = (runs[-1][0], x + 1)
        else:
            runs.append((x, x + 1))
    return [_whole(new, start, end) for start, end in runs]


def _whole(row: Row, start: int, end: int) -> tuple[int, int]:
    """The run widened so that it neither begins nor ends inside a wide character."""
    while start > 0 and row[start][0] == "":
        start -= 1
    while end < len(row) and row[end][0] == "":
        end += 1
    return start, end


class _Writer:
    """Collects escape sequences, knowing where the cursor is and which pen is set."""

    def __init__(self, erases: bool, pen: Pen | None) -> None:
        self._parts: list[str] = [] if pen else ["\x1b[m"]
        self.pen = pen or PLAIN
        self._at: tuple[int, int] | None = None
        self._erases = erases

    def move(self, x: int, y: int) -> None:
        """Puts the cursor on a cell by the shortest way."""
        if self._at == (x, y):
            return
        at, self._at = self._at, (x, y)
        if at is not None and at[1] == y and at[0] < x:
            self._parts.append(f"\x1b[{x - at[0]}C")
        else:
            self._parts.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")

    def write(self, row: Row, start: int, end: int) -> None:
        """Writes the cells of one run; the cursor stands on its first cell."""
        x = start
        while x < end:
            blanks = _blanks(row, x, end)
            if blanks >= _ERASE and self._can_erase(row[x]):
                self._erase(row[x], x, blanks, to_edge=x + blanks == len(row))
                x += blanks
                continue
            width = 2 if x + 1 < len(row) and row[x + 1][0] == "" else 1
            self._put(row[x], x, width)
            x += width

    def _can_erase(self, cell: Cell) -> bool:
        return not cell[1].marks_blanks and (self._erases or not cell[1].background)

    def _erase(self, cell: Cell, x: int, count: int, *, to_edge: bool) -> None:
        self._use(cell[1], blank=True)
        self._parts.append("\x1b[K" if to_edge else f"\x1b[{count}X")
        if not to_edge and self._at is not None:
            self.move(x + count, self._at[1])

    def _put(self, cell: Cell, x: int, width: int) -> None:
        text, pen = cell
        self._use(pen, blank=text == " " and not pen.marks_blanks)
        if is_uncertain(text) and self._at is not None:
            # Terminals disagree on the width: clear the place, write, and say where the cursor is.
            y = self._at[1]
            self._parts.append(f"{' ' * width}\x1b[{y + 1};{x + 1}H{text}\x1b[{y + 1};{x + width + 1}H")
        else:
            self._parts.append(text)
        if self._at is not None:
            self._at = (x + width, self._at[1])

    def _use(self, pen: Pen, *, blank: bool = False) -> None:
        if blank and pen.background == self.pen.background and not self.pen.marks_blanks:
            # A blank looks the same in every foreground: no need to change pens between two words.
            return
        self._parts.append(pen.after(self.pen))
        self.pen = pen

    def scroll(self, scroll: Scroll) -> None:
        """Moves a region with line feeds or reverse index, which every terminal knows (unlike SU and SD)."""
        self._use(PLAIN)
        self._parts.append(f"\x1b[{scroll.top + 1};{scroll.bottom + 1}r")
        if scroll.distance > 0:
            self._parts.append(f"\x1b[{scroll.bottom + 1}H" + "\n" * scroll.distance)
        else:
            self._parts.append(f"\x1b[{scroll.top + 1}H" + "\x1bM" * -scroll.distance)
        self._parts.append("\x1b[r")
        self._at = None

    @property
    def written(self) -> str:
        """Everything collected."""
        return "".join(self._parts)


def _blanks(row: Row, x: int, end: int) -> int:
    first = row[x]
    if first[0] != " ":
        return 0
    stop = x + 1
    while stop < end and row[stop] == first:
        stop += 1
    return stop - x
