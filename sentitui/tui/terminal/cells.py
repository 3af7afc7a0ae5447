"""Screen cells: what one column of the terminal shows, and the pen it was written with.

Owns the second guard: a cell never holds a control character, whatever a widget rendered. Links are not
carried over: text from outside must not make the terminal offer an address.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

Cell = tuple[str, "Pen"]
"""Text of one column and its pen. A wide character's second column holds the empty string."""

Row = list[Cell]


class Pen(NamedTuple):
    """How text is written: SGR codes of attributes, foreground, background; empty for the terminal's own."""

    attributes: str = ""
    foreground: str = ""
    background: str = ""

    @property
    def marks_blanks(self) -> bool:
        """Whether a blank written with this pen differs from bare background (underline, reverse, strike)."""
        return any(code in ("4", "7", "9", "21") for code in self.attributes.split(";"))

    def after(self, old: Pen) -> str:
        """The shortest escape sequence that turns the pen `old` into this one."""
        if old == self:
            return ""
        if old.attributes not in ("", self.attributes):
            return f"\x1b[{';'.join(code for code in ('0', *self) if code)}m"
        codes = [] if old.attributes == self.attributes else [self.attributes]
        if old.foreground != self.foreground:
            codes.append(self.foreground or "39")
        if old.background != self.background:
            codes.append(self.background or "49")
        return f"\x1b[{';'.join(codes)}m"


PLAIN = Pen()
BLANK: Cell = (" ", PLAIN)

_ATTRIBUTES = (
    ("bold", "1"),
    ("dim", "2"),
    ("italic", "3"),
    ("underline", "4"),
    # Blinking is left out: it repaints nothing here, but nobody can read it.
    ("reverse", "7"),
    ("strike", "9"),
    ("underline2", "21"),
)


@lru_cache(maxsize=4096)
def pen_of(style: Style | None, colors: ColorSystem) -> Pen:
    """The pen of a Rich style on a terminal with that many colours."""
    if style is None:
        return PLAIN
    attributes = ";".join(code for name, code in _ATTRIBUTES if getattr(style, name))
    foreground = background = ""
    if style.color is not None:
        foreground = ";".join(style.color.downgrade(colors).get_ansi_codes(foreground=True))
    if style.bgcolor is not None:
        background = ";".join(style.bgcolor.downgrade(colors).get_ansi_codes(foreground=False))
    # "39" and "49" are what the defaults are called; one name for one thing keeps cells comparable.
    return Pen(attributes, "" if foreground == "39" else foreground, "" if background == "49" else background)


def cells_of(segments: Iterable[Segment], colors: ColorSystem) -> Row:
    """The cells of one strip, left to right; a wide character takes two."""
    row: Row = []
    for text, style, control in segments:
        if not control:
            row.extend(_cells(text, pen_of(style, colors)))
    return row


@lru_cache(maxsize=8192)
def _cells(text: str, pen: Pen) -> tuple[Cell, ...]:
    blank: Cell = (" ", pen if pen.marks_blanks else Pen(background=pen.background))
    if text.isascii() and text.isprintable():
        return tuple([blank if character == " " else (character, pen) for character in text])
    row: Row = []
    spans, _ = split_graphemes(text)
    for start, end, width in spans:
        cluster = text[start:end]
        if width == 0:
            continue
        row.append(blank if cluster == " " else (guarded(cluster), pen))
        row.extend([("", pen)] * (width - 1))
    return tuple(row)


def guarded(cluster: str) -> str:
    """The cluster without control characters: a lone one becomes U+FFFD, one inside a cluster is dropped."""
    if cluster.isprintable():
        return cluster
    kept = "".join(c for c in cluster if category(c) not in ("Cc", "Cs", "Zl", "Zp", "Co"))
    return kept or "\ufffd"


def is_uncertain(text: str) -> bool:
    """Whether terminals disagree about the width of this cluster (joined emoji, selectors, flags)."""
    return len(text) > 1 or "\U0001f1e6" <= text <= "\U0001f1ff"
