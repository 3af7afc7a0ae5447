"""Facts that the checker gathers for rules: about a whole file, and about one line not yet decoded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sentitui.dataset.kinds import Kind
from sentitui.dataset.quick import read
from sentitui.dataset.scan import Scan


class RawLine:
    """One line before decoding: its bytes without the line end, and its 1-based number if known.

    Of a line that is too long to be held, `line` is the first kilobyte and `length` says how long it is.
    """

    def __init__(self, line: bytes, number: int | None = None, length: int | None = None) -> None:
        self.line = line
        self.number = number
        self.length = len(line) if length is None else length

    @property
    def is_cut(self) -> bool:
        """Whether `line` is only the beginning."""
        return self.length > len(self.line)

    @cached_property
    def scan(self) -> Scan:
        """What reading the line finds, token by token where that is needed; nothing for a cut line."""
        return Scan() if self.is_cut else read(self.line)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as a whole, after all its lines were seen (of a file that is no lines of JSON, only its
    beginning).

    `size` in bytes; `head` its first 64 KiB; `lines` counts all lines and `examples` those that hold an
    object; `crlf` counts lines ended by CRLF; `is_validation` says whether it is the validation file;
    `is_whole` whether every value of an ARRAY or PRETTY file could be read.
    """

    path: Path
    size: int
    kind: Kind = Kind.LINES
    head: bytes = b""
    lines: int = 0
    examples: int = 0
    crlf: int = 0
    is_validation: bool = False
    is_whole: bool = True

    def seen(self, lines: int, examples: int, crlf: int) -> FileFacts:
        """The facts with what the lines showed."""
        return replace(self, lines=lines, examples=examples, crlf=crlf)
