"""A training file being browsed and edited: the lines on disk with the user's edits over them.

The one mutable thing of the dataset core; `apply` (with `undo` and `redo`) is its only mutator. Opening
returns at once, and everything works while the lines are still being counted. Owns edits, history and
watchers; how the file is written is `files`' business.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from sentitui.dataset import codec, overlay, pieces
from sentitui.dataset.disk import BOM, DiskState, Identity, compare, has_bom, open_regular
from sentitui.dataset.edits import Edit, Insert, Replace, require_one_line, singles
from sentitui.dataset.example import Example
from sentitui.dataset.index import LineIndex
from sentitui.dataset.pieces import Node, Own
from sentitui.dataset.undo import History
from sentitui.errors import DatasetError


class TrainingFile:
    """Lines by 0-based number, edits included. Methods may be called from any thread."""

    def __init__(self, path: Path, fd: int, status: os.stat_result) -> None:
        """Takes over an open descriptor; use `open`."""
        self._path = path
        self._fd = fd
        self._opened = self._current = Identity.of(status)
        self._bom = has_bom(fd)
        self._mutating = threading.RLock()
        self._watchers: tuple[Callable[[], None], ...] = ()
        self._history = History(overlay.untouched())
        self._index = LineIndex(fd, status.st_size, len(BOM) if self._bom else 0, self._notify)

    @classmethod
    def open(cls, path: Path | str, *, journals: Path | None = None) -> TrainingFile:
        """Opens a file and returns at once; lines beyond the first 256 KB are counted in the background.

        Raises DatasetError when it cannot be read or is not a regular file.
        """
        fd, status = open_regular(Path(path))
        return cls(Path(path), fd, status)

    @property
    def path(self) -> Path:
        """The file's name as given (a symbolic link stays one)."""
        return self._path

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
        self._require(index, state)
        return overlay.line_at(state, index, self._index, limit)

    def lines(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Lines `start` to `stop` (default: all that are known), as they are at this moment."""
        state = self._history.state
        known = overlay.length(state, self._index)
        for piece in pieces.walk(state, start, known if stop is None else min(stop, known)):
            if isinstance(piece, Own):
                yield piece.line
            else:
                yield from self._index.lines(piece.start, piece.start + piece.count)

    def example(self, index: int) -> Example:
        """Line `index` decoded; DatasetError says where it is not JSON."""
        return codec.decode(self.line(index))

    def edited(self, index: int) -> bool:
        """Whether line `index` is the user's rather than the file's."""
        state = self._history.state
        self._require(index, state)
        return isinstance(pieces.find(state, index)[0], Own)

    @property
    def modified(self) -> bool:
        """Whether there is anything to save."""
        return self._history.state is not self._history.saved

    def apply(self, edit: Edit) -> None:
        """Applies an edit, all of it or (DatasetError) nothing; what had been undone is forgotten."""
        for single in singles(edit):
            if isinstance(single, Replace | Insert):
                require_one_line(single.line)
        with self._mutating:
            after = overlay.applied(self._history.state, edit, self._index)
            self._history.push(edit, after)
        self._notify()

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return self._history.next_undo is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit that was taken back last."""
        return self._history.next_redo is not None

    def undo(self) -> Edit | None:
        """Takes the last edit back and returns it; None when there is none."""
        with self._mutating:
            step = self._history.next_undo
            if step is None:
                return None
            self._history.undo()
        self._notify()
        return step.edit

    def redo(self) -> Edit | None:
        """Does again what was taken back last and returns it; None when there is nothing."""
        with self._mutating:
            step = self._history.next_redo
            if step is None:
                return None
            self._history.redo()
        self._notify()
        return step.edit

    def subscribe(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Calls `watcher()` after every change and as lines become known; returns what ends it.

        The call comes in the thread that made the change, or in the indexing thread: a screen hands it over.
        """
        with self._mutating:
            self._watchers = (*self._watchers, watcher)

        def unsubscribe() -> None:
            with self._mutating:
                self._watchers = tuple(other for other in self._watchers if other is not watcher)

        return unsubscribe

    @property
    def disk_state(self) -> DiskState:
        """Whether the file on disk is still the one that was opened (or saved last)."""
        return compare(self._path, self._fd, self._opened, self._current)

    def close(self) -> None:
        """Stops counting and lets the file go."""
        self._index.close()
        os.close(self._fd)

    def _notify(self) -> None:
        for watcher in self._watchers:
            watcher()

    def _require(self, index: int, state: Node) -> None:
        known = overlay.length(state, self._index)
        if not 0 <= index < known:
            raise DatasetError(
                f"There is no line {index + 1}: {known} lines are known.", "Choose another line."
            )
