"""Facts that the checker gathers for rules: about a whole file, and about one line not yet decoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sentitui.dataset.format import Format
from sentitui.dataset.scan import Scan, scan


class RawLine:
    """One line before decoding: its bytes without the line end, and its 1-based number if known."""

    def __init__(self, line: bytes, number: int | None = None) -> None:
        self.line = line
        self.number = number

    @cached_property
    def scan(self) -> Scan:
        """What a careful reading of every token finds, computed when first asked for."""
        return scan(self.line)


@dataclass(frozen=True, slots=True)
class FormatLines:
    """How many examples have a format, and the 1-based lines of the first of them (at most 20)."""

    examples: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as a whole, after all its lines were seen.

    `size` in bytes; `head` its first bytes; `lines` counts all lines and `examples` those that hold a JSON
    object; `lf`, `crlf` and `cr` count line ends; `validation` says whether it is the validation file.
    """

    path: Path
    size: int
    head: bytes = b""
    lines: int = 0
    examples: int = 0
    lf: int = 0
    crlf: int = 0
    cr: int = 0
    validation: bool = False
    formats: Mapping[Format, FormatLines] = field(default_factory=dict)
