"""What makes edits outlive the program: lock and journal of one training file, and what they offer back.

Owns who may edit, which edits are missing from the file on disk after a crash, and whether they still
fit. They fit when the file is the version they were made on: same size and time, or the same content by
its checksum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sentitui.dataset.atomic import remove_leftovers
from sentitui.dataset.disk import Identity
from sentitui.dataset.edits import Edit
from sentitui.dataset.journal import Journal, journal_name
from sentitui.dataset.journal_records import Base, Contents, Return
from sentitui.dataset.lock import Lock
from sentitui.dataset.pieces import Node
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
        """Takes the lock when it is free. Where that fails the file can be read only: `refusal` says why."""
        self.locked_by: int | None = None
        self.refusal: DatasetError | None = None
        self._lock: Lock | None = None
        self._journal: Journal | None = None
        self._contents = Contents()
        self._knows_content = False
        # The states that the journal can be told to return to, by the number of the record that led there.
        self._numbers: dict[Node, int] = {}
        if folder is not None:
            self._take(folder, path)

    def find(
        self, current: Identity, content: Callable[[], int | None]
    ) -> tuple[tuple[Edit, ...], str] | None:
        """The edits of an earlier session that are missing from the file, and "" or why they do not fit.

        None when there are none. `content` gives the file's checksum; it is called, and may take as long as
        reading the file, only when the size is right and the time is not.
        """
        base = self._base_of(current, content) if self._contents.changes else None
        missing = self._contents.missing_from(base) if base else None
        if missing is not None and missing:
            return missing, ""
        if missing is not None or not self._contents.changes:
            self.forget()
            return None
        made = tuple(change for change in self._contents.changes if not isinstance(change, Return))
        return made, _misfit(self._contents.bases, current)

    def resume(self, saved: Node, state: Node, current: Identity, content: Callable[[], int | None]) -> None:
        """Goes on with the journal that was found, whose edits led from `saved` to `state`."""
        base = self._base_of(current, content)
        if self._journal is None or base is None:
            return
        self._journal.resume(self._contents)
        self._numbers = {saved: base.records, state: self._journal.records}
        if base.identity != current:
            self._journal.rebase(Base(base.records, current, base.content))

    def record(self, edit: Edit, before: Node, after: Node, base: Base) -> None:
        """Has an edit on disk, or raises DatasetError; `base` is the version that the journal begins with."""
        if self._journal is None:
            return
        self._begin(before, base)
        self._journal.record(edit)
        self._numbers[after] = self._journal.records

    def record_return(self, edit: Callable[[], Edit], before: Node, after: Node, base: Base) -> None:
        """Has an undo or redo on disk; `edit` leads from `before` to `after`, if the journal cannot."""
        if self._journal is None:
            return
        self._begin(before, base)
        number = self._numbers.get(after)
        if number is not None:
            self._journal.record(Return(number))
        else:
            self._journal.record(edit())
            self._numbers[after] = self._journal.records

    @contextmanager
    def settled(self, state: Node) -> Iterator[int]:
        """Takes `state` as the next base: the number of records up to it, behind which no return goes.

        When the body fails there is no such base, and returns go anywhere again.
        """
        earlier = self._numbers
        records = self._journal.records if self._journal and self._journal.begun else 0
        self._numbers = {state: records} if earlier else {}
        try:
            yield records
        except BaseException:
            self._numbers = earlier | self._numbers
            raise

    def announce(self, base: Base) -> None:
        """Has on disk, where it can, which version of the file is about to hold how many of the records."""
        if self._journal is not None and self._journal.begun:
            # A journal that takes no more (a full disk) must not keep the user from saving: the edits are in
            # the new version then, and at worst the journal is found not to fit it.
            with suppress(DatasetError):
                self._journal.rebase(base)

    def forget(self) -> None:
        """Removes the journal: its edits are saved or not wanted."""
        if self._journal is not None:
            self._journal.clear()
            self._contents = Contents()
            self._knows_content = False
            self._numbers = {}

    def require(self) -> None:
        """Raises the refusal, if there is one."""
        if self.refusal is not None:
            raise DatasetError(self.refusal.message, self.refusal.hint)

    def close(self) -> None:
        """Gives up the lock; a journal with edits stays."""
        if self._journal is not None:
            self._journal.close()
        if self._lock is not None:
            self._lock.release()

    def _take(self, folder: Path, path: Path) -> None:
        stem = folder / journal_name(path.resolve())
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            taken = Lock.take(stem.with_suffix(".lock"))
        except OSError as error:
            self.refusal = DatasetError(
                f"{path} can only be read: edits cannot be kept safe in {folder}: {error.strerror}.",
                "Free some space or correct the folder's permissions, then open the file again.",
            )
            return
        if isinstance(taken, int):
            self.locked_by = taken
            self.refusal = DatasetError(
                f"{path} is being edited by another program (process {taken}).",
                "Close it there, then open it here again. Until then it can only be read.",
            )
            return
        self._lock = taken
        self._find_journal(Journal(stem.with_suffix(".journal")), path.resolve())

    def _find_journal(self, journal: Journal, path: Path) -> None:
        try:
            self._contents = journal.read()
        except DatasetError as error:
            self.refusal = error
            return
        self._journal = journal
        if self._contents.changes:
            # A program was killed here, perhaps while saving; with the lock ours, nobody is saving now.
            remove_leftovers(path)

    def _begin(self, state: Node, base: Base) -> None:
        if self._journal is None:
            return
        if not self._journal.begun:
            self._journal.begin(base)
            self._numbers = {state: 0}
        elif base.content is not None and not self._knows_content:
            self._journal.rebase(base)
        self._knows_content = base.content is not None

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
