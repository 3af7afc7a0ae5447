"""Writes to a terminal, or to a file as if it were one: lines, one live status line, colours where they are
wanted.

Colours and the status line exist only on a real terminal; `NO_COLOR` and `TERM=dumb` are obeyed. What is
handed in is taken as safe to show: text from outside goes through `sentitui.safe` first.
"""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Mapping
from typing import TextIO

_ROLES = {"good": "32", "bad": "31", "warn": "33", "dim": "2", "bold": "1", "accent": "36"}
_WIDEST = 100
# xterm's window operations: put the title on a stack, take it back.
_KEEP_TITLE, _OLD_TITLE = "\x1b[22;2t", "\x1b[23;2t"


class Terminal:
    """One output stream; `live` says whether it can redraw a line, `width` how many cells a line has."""

    def __init__(self, stream: TextIO | None = None, environ: Mapping[str, str] | None = None) -> None:
        env = os.environ if environ is None else environ
        self._stream = sys.stdout if stream is None else stream
        self.live = self._stream.isatty() and env.get("TERM") != "dumb"
        self.width = min(shutil.get_terminal_size((80, 24)).columns, _WIDEST) if self.live else 80
        self._colour = self.live and not env.get("NO_COLOR")
        self.blocks = "utf" in (getattr(self._stream, "encoding", None) or "").lower()
        self._status = self._title = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *exc: object) -> None:
        """Whatever happened, the next program finds an empty line."""
        self.end_status()

    def paint(self, role: str, value: str) -> str:
        """The text in the colour of its role (good, bad, warn, dim, bold, accent), or as it is."""
        return f"\x1b[{_ROLES[role]}m{value}\x1b[0m" if self._colour and value else value

    def line(self, value: str = "") -> None:
        """Writes a line; the status line stays below it."""
        self._write(f"{self._clear()}{value}\n{self._status}")

    def status(self, value: str) -> None:
        """Shows one line that the next status or line replaces; nothing where the stream is not live."""
        if self.live:
            shown = clip(value, self.width - 1)
            if shown != self._status:
                self._write(self._clear() + shown)
                self._status = shown

    def title(self, value: str) -> None:
        """Names the window, which gets its old name back with `end_status`; nothing where the stream is not
        live."""
        if self.live and value != self._title:
            self._write(("" if self._title else _KEEP_TITLE) + f"\x1b]2;{value}\x1b\\")
            self._title = value

    def end_status(self) -> None:
        """Removes the status line and gives the window its name back."""
        self._write(self._clear() + (_OLD_TITLE if self._title else ""))
        self._status = self._title = ""

    def notice(self, codes: str) -> None:
        """Sends escape codes that show nothing here (bell, notices, title), where the stream is live."""
        if self.live:
            self._write(codes)

    def _clear(self) -> str:
        return "\r\x1b[K" if self._status else ""

    def _write(self, value: str) -> None:
        if value:
            self._stream.write(value)
            self._stream.flush()


def cells(value: str) -> int:
    """How many cells a text takes: wide characters two, combining ones none."""
    if value.isascii():
        return len(value)
    return sum(_cell(char) for char in value)


def clip(value: str, width: int) -> str:
    """The text cut to `width` cells, with an ellipsis where it was cut."""
    if cells(value) <= width:
        return value
    used, kept = 0, []
    for char in value:
        used += _cell(char)
        if used > width - 1:
            break
        kept.append(char)
    return "".join(kept) + "…"


def pad(value: str, width: int, *, right: bool = False) -> str:
    """The text filled with spaces to `width` cells, on its left when `right`."""
    space = " " * max(0, width - cells(value))
    return space + value if right else value + space


def _cell(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
