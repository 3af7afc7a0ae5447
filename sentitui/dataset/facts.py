"""Facts that the checker gathers for rules: about a whole file, and about one line not yet decoded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sentitui.dataset.disk import BOM
from sentitui.dataset.kinds import Kind
from sentitui.dataset.quick import read
from sentitui.dataset.scan import Scan

LONGEST_LINE = 32 * 2**20
"""Bytes; no provider's example comes near, and a longer line is mostly a file without line ends."""


class RawLine:
    """One line before decoding: its bytes without the line end, and its 1-based number if known.

    Of a line that is too long to be held, `line` is its beginning and `length` says how long it is.
    """

    def __init__(self, line: bytes, number: int | None = None, length: int | None = None) -> None:
        self.line = line
        self.number = number
        self.length = len(line) if length is None else length

    @property
    def is_cut(self) -> bool:
        """Whether `line` is only the beginning."""
        return self.length > min(len(self.line), LONGEST_LINE)

    @cached_property
    def scan(self) -> Scan:
        """What reading the line finds, token by token where that is needed; nothing for a cut line."""
        if self.is_cut:
            return Scan()
        # A byte order mark has a rule of its own; spaces in its place keep the offsets.
        return read(b"   " + self.line[3:] if self.line.startswith(BOM) else self.line)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as a whole, after all its lines were seen (of a file that is no lines of JSON, only its
    beginning).

    `size` in bytes; `head` its first 64 KiB; `lines` counts all lines, `blank` those of white space and
    `examples` those that hold an object; `crlf` counts lines ended by CRLF.
    """

    path: Path
    size: int
    kind: Kind = Kind.LINES
    head: bytes = b""
    lines: int = 0
    blank: int = 0
    examples: int = 0
    crlf: int = 0
    is_validation: bool = False

    def seen(self, lines: int, blank: int, examples: int, crlf: int) -> FileFacts:
        """The facts with what the lines showed."""
        return replace(self, lines=lines, blank=blank, examples=examples, crlf=crlf)
