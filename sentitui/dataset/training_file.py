"""A training file being browsed and edited: the lines on disk with the user's edits over them.

The one mutable thing of the dataset core; `apply` (with `undo` and `redo`) is its only mutator. Opening
returns at once, and everything works while the lines are still being counted. Owns edits, history and
watchers; how the file is written is `files`' business, how edits outlive the program is `recovery`'s.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from sentitui.dataset import overlay
from sentitui.dataset.disk import BOM, DiskState, Identity, compare, has_bom, open_regular
from sentitui.dataset.edits import Edit
from sentitui.dataset.index import LineIndex
from sentitui.dataset.journal_records import Base
from sentitui.dataset.lines_view import LinesView
from sentitui.dataset.recovery import Keeper, Recovery
from sentitui.dataset.snapshot import Snapshot
from sentitui.dataset.watchers import Watcher, Watchers
from sentitui.errors import DatasetError


class TrainingFile(LinesView):
    """Lines by 0-based number, and what changes them. Methods may be called from any thread."""

    def __init__(self, path: Path, fd: int, status: os.stat_result, journals: Path | None) -> None:
        """Takes over an open descriptor; use `open`."""
        self._watchers = Watchers()
        self._bom = has_bom(fd)
        super().__init__(LineIndex(fd, status.st_size, len(BOM) if self._bom else 0, self._watchers.notify))
        self._path = path
        self._fd = fd
        self.journals = journals
        self._opened = self._current = Identity.of(status)
        self._mutating = threading.RLock()
        self._saving = threading.Lock()
        try:
            self._keeper = Keeper(journals, path)
        except DatasetError:
            self._index.close()
            raise
        self._recovery = self._found()

    @classmethod
    def open(cls, path: Path | str, *, journals: Path | None = None) -> TrainingFile:
        """Opens a file and returns at once; lines beyond the first 256 KB are counted in the background.

        `journals`: the folder of crash journals; without it edits live in memory only, and nothing keeps a
        second program from editing the same file. Raises DatasetError when the file cannot be read or is not
        a regular one.
        """
        fd, status = open_regular(Path(path))
        try:
            return cls(Path(path), fd, status, journals)
        except OSError as error:
            os.close(fd)
            raise DatasetError(f"Cannot read {path}: {error.strerror}") from error
        except DatasetError:
            os.close(fd)
            raise

    @property
    def path(self) -> Path:
        """The file's name as given (a symbolic link stays one)."""
        return self._path

    @property
    def locked_by(self) -> int | None:
        """The pid of another program that is editing this file (0: unknown), or None."""
        return self._keeper.locked_by

    @property
    def read_only(self) -> str:
        """Why the file takes no edits here (locked by another program, no place for a journal), or ""."""
        return self._keeper.refusal.message if self._keeper.refusal else ""

    @property
    def recovery(self) -> Recovery | None:
        """Edits of a session that ended without saving; they wait to be restored or discarded."""
        return self._recovery

    def apply(self, edit: Edit) -> None:
        """Applies an edit, all of it or (DatasetError) nothing; it is in the journal when this returns.

        What had been undone is forgotten.
        """
        with self._mutating:
            self.require_writable()
            explicit, before = overlay.explicit(edit, self._index), self._history.state
            after = overlay.applied(before, explicit, self._index)
            if after is before:  # a batch of nothing is no step
                return
            self._keeper.record(explicit, before, after, self._base())
            self._history.push(explicit, after)
        self._watchers.notify()

    def undo(self) -> Edit | None:
        """Takes the last edit back and returns it; None when there is none."""
        with self._mutating:
            step = self._history.next_undo
            if step is None:
                return None
            self._keeper.record_return(
                lambda: overlay.inverse(step.before, step.edit, self._index),
                step.after,
                step.before,
                self._base(),
            )
            self._history.undo()
        self._watchers.notify()
        return step.edit

    def redo(self) -> Edit | None:
        """Does again what was taken back last and returns it; None when there is nothing."""
        with self._mutating:
            step = self._history.next_redo
            if step is None:
                return None
            self._keeper.record_return(lambda: step.edit, step.before, step.after, self._base())
            self._history.redo()
        self._watchers.notify()
        return step.edit

    def subscribe(self, watcher: Watcher) -> Callable[[], None]:
        """Calls `watcher()` after every change and as lines become known; returns what ends it.

        The call comes in the thread that made the change, or in the indexing thread: a screen hands it over.
        """
        return self._watchers.add(watcher)

    def close(self, *, discard: bool = False) -> None:
        """Lets the file go, after a save under way. Unsaved edits are offered next time, unless `discard`."""
        self._index.close()
        with self._saving:
            if self._recovery is None and (discard or not self.modified):
                self._keeper.forget()
            self._keeper.close()
            os.close(self._fd)

    # For `files`: what saving needs to know and to tell.

    @property
    def disk_state(self) -> DiskState:
        """Whether the file on disk is still the one that was opened (or saved last)."""
        return compare(self._path, self._fd, self._opened, self._current)

    @property
    def saving(self) -> AbstractContextManager[bool]:
        """Held while the file is being saved: one save at a time."""
        return self._saving

    def require_writable(self) -> None:
        """Raises DatasetError when another program edits the file, or edits of an earlier session wait."""
        self._keeper.require()
        if self._recovery is not None:
            raise DatasetError(
                f"Unsaved edits of an earlier session of {self._path} are waiting.",
                "Restore or discard them first.",
            )

    def require_unchanged_content(self) -> None:
        """Reads again what was opened; raises DatasetError when lines that we would copy have changed."""
        self._index.require_unchanged()

    def snapshot(self) -> Snapshot:
        """The file as it is now, for writing it elsewhere while editing goes on."""
        return Snapshot(self._history.state, self._fd, self._index, self._bom)

    @contextmanager
    def settled(self) -> Iterator[tuple[Snapshot, Callable[[Identity], None]]]:
        """The file as it is now, for the body to write in its place; and what to call just before it does."""
        with ExitStack() as kept:
            with self._mutating:
                records = kept.enter_context(self._keeper.settled(self._history.state))
                snapshot = self.snapshot()
            yield snapshot, lambda identity: self._keeper.announce(Base(records, identity))

    def saved(self, snapshot: Snapshot, identity: Identity) -> None:
        """The file on disk is now what `snapshot` was."""
        with self._mutating:
            self._current = identity
            self._history.saved = snapshot.state
            self._saved_lines = overlay.own_lines(snapshot.state)
            if not self.modified:
                self._keeper.forget()
        self._watchers.notify()

    @contextmanager
    def moving_to(self, path: Path) -> Iterator[Snapshot]:
        """The file lives at `path` when the body, which writes it there and calls `saved`, ends well.

        Edits wait meanwhile.
        """
        with self._mutating:
            keeper = Keeper(self.journals, path)
            try:
                # Without a place for a journal (a full disk) saving elsewhere is what helps.
                if keeper.locked_by is not None:
                    keeper.require()
                snapshot = self.snapshot()
                yield snapshot
            except BaseException:
                keeper.close()
                raise
            if self._recovery is None:
                self._keeper.forget()
            self._keeper.close()
            keeper.forget()
            self._keeper, self._path, self._recovery = keeper, path, None

    def _base(self) -> Base:
        # What the index knows is the version that was opened, not one that was saved since.
        return Base(0, self._current, self._index.content if self._current == self._opened else None)

    def _content(self) -> int | None:
        self.wait_complete()
        return self._index.content

    def _found(self) -> Recovery | None:
        found = self._keeper.find(self._current, self._content)
        return Recovery(*found, self._restore, self._discard) if found else None

    def _restore(self) -> None:
        self.wait_complete()
        with self._mutating:
            recovery = self._recovery
            if recovery is None:
                return
            if recovery.problem:
                raise DatasetError(f"The edits do not fit: {recovery.problem}.", "Discard them.")
            states = [self._history.saved]
            for edit in recovery.edits:
                states.append(overlay.applied(states[-1], edit, self._index))
            self._keeper.resume(states[0], states[-1], self._current, self._content)
            for edit, after in zip(recovery.edits, states[1:], strict=True):
                self._history.push(edit, after)
            self._recovery = None
        self._watchers.notify()

    def _discard(self) -> None:
        with self._mutating:
            self._keeper.forget()
            self._recovery = None
