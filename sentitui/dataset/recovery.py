"""What makes edits outlive the program: lock and journal of one training file, and what they offer back.

Owns who may edit, which edits are missing from the file on disk after a crash, and whether they still
fit. They fit when the file is the version they were made on: same size and time, or the same content by
its checksum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sentitui.dataset.atomic import leftovers
from sentitui.dataset.disk import Identity
from sentitui.dataset.edits import Edit
from sentitui.dataset.journal import Base, Contents, Journal, journal_name
from sentitui.dataset.lock import Lock
from sentitui.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Recovery:
    """Edits of an earlier session that are not in the file.

    `problem` is "" when they fit, else why not. Until `restore()` (DatasetError when they do
    not fit) or `discard()` is called, the file takes no edits.
    """

    edits: tuple[Edit, ...]
    problem: str
    restore: Callable[[], None]
    discard: Callable[[], None]


class Keeper:
    """Keeps the edits of one file safe; `locked_by`: the pid of another program that edits it, or None.

    Without a folder nothing is kept and nobody is kept out.
    """

    def __init__(self, folder: Path | None, path: Path) -> None:
        """Takes the lock when it is free; DatasetError when `folder` cannot be written to."""
        self.locked_by: int | None = None
        self._lock: Lock | None = None
        self._journal: Journal | None = None
        self._contents = Contents()
        self._knows_content = False
        if folder is not None:
            self._take(folder, path)

    @property
    def edits(self) -> int:
        """How many edits the journal holds."""
        return self._journal.edits if self._journal else 0

    def find(
        self, current: Identity, content: Callable[[], int | None]
    ) -> tuple[tuple[Edit, ...], str] | None:
        """The edits of an earlier session that are missing from the file, and "" or why they do not fit.

        None when there are none. `content` gives the file's checksum; it is called, and may take as long as
        reading the file, only when the size is right and the time is not.
        """
        if not self._contents.edits:
            self.forget()
            return None
        base = self._base_of(current, content)
        if base is None:
            return self._contents.edits, _misfit(self._contents.bases, current)
        missing = self._contents.edits[base.edits :]
        if not missing:
            self.forget()
            return None
        return missing, ""

    def resume(self, missing: int, current: Identity) -> None:
        """Goes on with the journal that was found: its last `missing` edits are now made on `current`."""
        if self._journal is not None:
            self._journal.resume(self._contents)
            self._journal.rebase(Base(len(self._contents.edits) - missing, current))

    def record(self, edit: Edit, base: Base) -> None:
        """Has an edit on disk, or raises DatasetError; `base`: the version on disk, without our edits."""
        if self._journal is None:
            return
        self._journal.record(edit, base)
        if base.content is not None and not self._knows_content:
            self._journal.rebase(base)
            self._knows_content = True

    def rebase(self, base: Base) -> None:
        """Has on disk which version of the file holds how many of the edits."""
        if self._journal is not None:
            self._journal.rebase(base)

    def forget(self) -> None:
        """Removes the journal: its edits are saved or not wanted."""
        if self._journal is not None:
            self._journal.clear()
            self._contents = Contents()
            self._knows_content = False

    def close(self) -> None:
        """Gives up the lock; a journal with edits stays."""
        if self._journal is not None:
            self._journal.close()
        if self._lock is not None:
            self._lock.release()

    def require_lock(self, path: Path) -> None:
        """Raises DatasetError when another program edits the file."""
        if self.locked_by is not None:
            raise DatasetError(
                f"{path} is being edited by another program (process {self.locked_by}).",
                "Close it there, then open it here again. Until then it can only be read.",
            )

    def _take(self, folder: Path, path: Path) -> None:
        stem = folder / journal_name(path.resolve())
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            taken = Lock.take(stem.with_suffix(".lock"))
        except OSError as error:
            raise DatasetError(
                f"Edits cannot be kept safe in {folder}: {error.strerror}.",
                "Correct the folder's permissions.",
            ) from error
        if isinstance(taken, int):
            self.locked_by = taken
            return
        self._lock = taken
        self._journal = Journal(stem.with_suffix(".journal"))
        self._contents = self._journal.read()
        if self._contents.edits:
            # A program was killed here, perhaps while saving; with the lock ours, nobody is saving now.
            for left in leftovers(path.resolve()):
                left.unlink(missing_ok=True)

    def _base_of(self, current: Identity, content: Callable[[], int | None]) -> Base | None:
        newest_first = tuple(reversed(self._contents.bases))
        for base in newest_first:
            if base.identity == current:
                return base
        alike = [
            base for base in newest_first if base.identity.size == current.size and base.content is not None
        ]
        now = content() if alike else None
        return next((base for base in alike if base.content == now), None)


def _misfit(bases: tuple[Base, ...], current: Identity) -> str:
    if bases and bases[-1].identity.size != current.size:
        return f"the file has {current.size} bytes now, and had {bases[-1].identity.size} when they were made"
    return "the file has been changed by another program since they were made"
