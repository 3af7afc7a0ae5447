"""Curves in braille, bars in eighths, in plain text: no colour is needed to read them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isnan

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot of a braille cell: four rows of two."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn curve: text rows, and the labels of the top and bottom of the axis."""

    rows: tuple[str, ...]
    top: str
    bottom: str


def curve(values: Sequence[float], width: int, height: int, total: int = 0) -> Chart:
    """The values from left to right in `width` x `height` cells; a column shows its least and its greatest.

    `total` values fill the width: with fewer so far the curve ends where it is. Spikes stay visible however
    many values share a column; between few values it is a straight line. NaN is left out.
    """
    known = [value for value in values if not isnan(value)]
    share = min(1.0, len(known) / total) if total else 1.0
    columns = _columns(known, max(1, round(width * 2 * share)))
    if not columns or height < 1:
        return Chart(("",) * max(height, 0), "", "")
    low, high = min(least for least, _ in columns), max(most for _, most in columns)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    rows = height * 4
    spans = [(_row(most, low, high, rows), _row(least, low, high, rows)) for least, most in columns]
    return Chart(_drawn(spans, width, height), number(high), number(low))


def _drawn(spans: Sequence[tuple[int, int]], width: int, height: int) -> tuple[str, ...]:
    """Braille rows of dot columns from `first` to `last`, each joined to the one before it."""
    cells = [[0] * width for _ in range(height)]
    before = spans[0]
    for x, (first, last) in enumerate(spans):
        for y in range(min(first, before[1]), max(last, before[0]) + 1):
            cells[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
        before = first, last
    return tuple("".join(chr(0x2800 + bits) if bits else " " for bits in row) for row in cells)


def _columns(values: Sequence[float], count: int) -> list[tuple[float, float]]:
    """Least and greatest value of each dot column; between few values a straight line."""
    if not values:
        return []
    if len(values) <= count:
        return [(value, value) for value in _spread(values, count)]
    bounds = [at * len(values) // count for at in range(count + 1)]
    groups = [values[start:end] for start, end in pairwise(bounds) if end > start]
    return [(min(group), max(group)) for group in groups]


def _spread(values: Sequence[float], count: int) -> list[float]:
    spread = []
    for at in range(count):
        place = at * (len(values) - 1) / max(count - 1, 1)
        left = int(place)
        right = min(left + 1, len(values) - 1)
        spread.append(values[left] + (values[right] - values[left]) * (place - left))
    return spread


def _row(value: float, low: float, high: float, rows: int) -> int:
    return min(rows - 1, max(0, round((high - value) / (high - low) * (rows - 1))))


def smoothed(values: Sequence[float], weight: float = 0.8) -> list[float]:
    """The values' exponential mean, without the pull of its start (as Adam corrects its own)."""
    smooth: list[float] = []
    mean, share = 0.0, 1.0
    for value in values:
        mean = weight * mean + (1 - weight) * value
        share *= weight
        smooth.append(mean / (1 - share))
    return smooth


def bar(share: float, width: int) -> str:
    """A bar of eighths, `share` (0 to 1) of `width` cells long, filled with blanks."""
    eighths = round(max(0.0, min(share, 1.0)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def track(share: float, width: int) -> tuple[str, str]:
    """A progress line: what is done and what is left."""
    done = round(max(0.0, min(share, 1.0)) * width)
    return "━" * done, "─" * (width - done)


def number(value: float) -> str:
    """A loss as people read it: three significant digits, never an exponent in the usual range."""
    if value != 0 and (abs(value) < 0.001 or abs(value) >= 100_000):
        return f"{value:.1e}"
    return f"{value:.3g}" if abs(value) >= 100 else f"{value:.3f}"


def duration(seconds: float) -> str:
    """`45 s`, `3 min 20 s`, `2 h 05 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"
