"""The reading side of a training file: its lines with the edits over them, at any moment and from any thread.

Changes nothing. Every answer is taken from one state of the history, so it is never half of an edit.
"""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset import codec, overlay, pieces
from sentitui.dataset.example import Example
from sentitui.dataset.index import LineIndex
from sentitui.dataset.pieces import Own
from sentitui.dataset.undo import History


class LinesView:
    """Lines by 0-based number, edits included; more of them become known while the file is being read."""

    def __init__(self, index: LineIndex) -> None:
        self._index = index
        self._history = History(overlay.untouched())
        self._saved_lines: frozenset[Own] = frozenset()

    def __len__(self) -> int:
        return overlay.length(self._history.state, self._index)

    @property
    def complete(self) -> bool:
        """Whether all lines have been counted."""
        return self._index.complete

    def wait_complete(self, timeout: float | None = None) -> bool:
        """Waits until all lines have been counted; False when `timeout` seconds were not enough."""
        return self._index.wait(timeout)

    def line(self, index: int, *, limit: int | None = None) -> bytes:
        """Line `index` without terminator; with `limit`, only its first `limit` bytes (lines can be huge)."""
        state = self._history.state
        overlay.require_line(state, index, self._index)
        return overlay.line_at(state, index, self._index, limit)

    def lines(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Lines `start` to `stop` (default: all that are known), as they are at this moment."""
        return overlay.lines_of(self._history.state, start, stop, self._index)

    def example(self, index: int) -> Example:
        """Line `index` decoded; DatasetError says where it is not JSON."""
        return codec.decode(self.line(index))

    def edited(self, index: int) -> bool:
        """Whether line `index` was written by the user since the last save."""
        state = self._history.state
        overlay.require_line(state, index, self._index)
        piece = pieces.find(state, index)[0]
        return isinstance(piece, Own) and piece not in self._saved_lines

    @property
    def modified(self) -> bool:
        """Whether there is anything to save."""
        return self._history.state is not self._history.saved

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return self._history.next_undo is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit that was taken back last."""
        return self._history.next_redo is not None
