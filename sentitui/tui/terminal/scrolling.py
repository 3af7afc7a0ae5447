"""Finds the part of the screen that moved up or down as a whole, so that the terminal can move it itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import ne

from sentitui.tui.terminal.cells import Row

_ROW_OVERHEAD = 8
"""Bytes of cursor movement that a changed row costs beside its changed cells."""
_SCROLL_COST = 24
"""Bytes of setting a scroll region, scrolling and resetting it."""


@dataclass(frozen=True, slots=True)
class Scroll:
    """Rows `top` to `bottom` (inclusive, 0-based) move up by `distance` rows (down when negative)."""

    top: int
    bottom: int
    distance: int

    def source(self, y: int) -> int | None:
        """The row whose content ends up in row y, None for a row that the scroll uncovers."""
        origin = y + self.distance
        return origin if self.top <= origin <= self.bottom else None


def find_scroll(old: Sequence[Row], new: Sequence[Row], changed: Sequence[int]) -> Scroll | None:
    """The scroll that saves the most bytes on the way from `old` to `new`, None when none is worth it."""
    if len(changed) < 3:
        return None
    votes = _votes(old, new, changed)
    best, saved = None, 0
    for distance, rows in sorted(votes.items(), key=lambda item: -len(item[1]))[:2]:
        if len(rows) < 2:
            continue
        scroll = Scroll(min(*rows, *_moved(rows, distance)), max(*rows, *_moved(rows, distance)), distance)
        gain, scroll = _grown(old, new, scroll)
        if gain > saved:
            best, saved = scroll, gain
    return best


def _grown(old: Sequence[Row], new: Sequence[Row], scroll: Scroll) -> tuple[int, Scroll]:
    """The scroll with the rows beside it that move along but for a cell of theirs (a cursor, a thumb)."""
    gain = _gain(old, new, scroll)
    for up, down in ((1, 0), (0, 1)):
        while scroll.top - up >= 0 and scroll.bottom + down < len(new):
            wider = Scroll(scroll.top - up, scroll.bottom + down, scroll.distance)
            wider_gain = _gain(old, new, wider)
            if wider_gain <= gain:
                break
            gain, scroll = wider_gain, wider
    return gain, scroll


def _moved(rows: Sequence[int], distance: int) -> list[int]:
    return [y + distance for y in rows]


def _votes(old: Sequence[Row], new: Sequence[Row], changed: Sequence[int]) -> dict[int, list[int]]:
    origins: dict[tuple[object, ...], int] = {}
    doubles: Counter[tuple[object, ...]] = Counter()
    for y in changed:
        key = tuple(old[y])
        origins[key] = y
        doubles[key] += 1
    votes: dict[int, list[int]] = {}
    for y in changed:
        key = tuple(new[y])
        # A row that stands there twice (a blank line) says nothing about where it came from.
        if doubles[key] == 1 and origins[key] != y:
            votes.setdefault(origins[key] - y, []).append(y)
    return votes


def _gain(old: Sequence[Row], new: Sequence[Row], scroll: Scroll) -> int:
    saved = -_SCROLL_COST
    for y in range(scroll.top, scroll.bottom + 1):
        source = scroll.source(y)
        saved += _cost(old[y], new[y]) - _cost(None if source is None else old[source], new[y])
    return saved


def _cost(old: Row | None, new: Row) -> int:
    if old is None:
        return sum(cell[0] != " " for cell in new) + _ROW_OVERHEAD
    differing = sum(map(ne, old, new))
    return differing + _ROW_OVERHEAD if differing else 0
