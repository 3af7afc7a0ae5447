"""A still picture of a training file: the bytes that a save writes, while editing goes on.

Owns the rules about line ends: an untouched line keeps its bytes; a file without a final newline keeps
none; the line that had none gets one when it is no longer last. Whatever the ends, the lines read back
are the lines shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sentitui.dataset import overlay, pieces
from sentitui.dataset.disk import BOM
from sentitui.dataset.index import LineIndex
from sentitui.dataset.pieces import Node, Own, Piece
from sentitui.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes `start` to `stop` of the file as opened."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state at one moment."""

    state: Node
    fd: int
    index: LineIndex
    bom: bool

    def segments(self) -> Iterator[bytes | Range]:
        """What the file consists of, in order."""
        if self.bom:
            yield BOM
        else:
            self._require_no_mark()
        held: Own | Range | None = None
        for piece in pieces.walk(self.state, 0, self.state.count):
            part = self._part(piece)
            if isinstance(part, Own) or part.start < part.stop:
                if held is not None:
                    yield from self._ended(held)
                held = part
        if held is not None:
            yield from self._last(held) if self.index.unterminated else self._ended(held)

    def whole_line(self, index: int) -> bytes:
        """Line `index` with a terminator."""
        overlay.require_line(self.state, index, self.index)
        line = overlay.line_at(self.state, index, self.index)
        return line + _ending(
            line, overlay.terminator_at(self.state, index, self.index) or self.index.terminator
        )

    def _require_no_mark(self) -> None:
        """A first line that begins with a byte order mark would read back as a marked file, without it."""
        if overlay.length(self.state, self.index) and overlay.line_at(self.state, 0, self.index, 3) == BOM:
            raise DatasetError(
                "Line 1 begins with a byte order mark, which readers would take for the file's own.",
                "Remove it from the line (its first character), or move another line to the top.",
            )

    def _part(self, piece: Piece) -> Own | Range:
        if isinstance(piece, Own):
            return piece
        return Range(self.index.offset(piece.start), self.index.offset(piece.start + piece.count))

    def _ended(self, part: Own | Range) -> Iterator[bytes | Range]:
        """The part with a terminator at its end."""
        if isinstance(part, Own):
            yield part.line + _ending(part.line, part.terminator or self.index.terminator)
            return
        yield part
        if self._is_open(part):
            yield _ending(self.index.last_byte, self.index.terminator)

    def _last(self, part: Own | Range) -> Iterator[bytes | Range]:
        """The part without a terminator at its end; a blank last line keeps it, or it would be no line."""
        if isinstance(part, Own):
            yield part.line or part.terminator or self.index.terminator
        elif self._is_open(part):
            yield part
        else:
            size = self.index.trailing(part.start, part.stop)
            yield Range(part.start, part.stop - size)

    def _is_open(self, part: Range) -> bool:
        return self.index.unterminated and part.stop == self.index.size


def _ending(line: bytes, terminator: bytes) -> bytes:
    # After a lone CR, a LF alone would read back as CRLF and take the CR away.
    return b"\r\n" if line.endswith(b"\r") else terminator
