"""The crash journal: every edit is on disk before it is acknowledged.

An append-only file of records (`journal_records`). A save writes its base before it replaces the training
file, so after a kill at any instant the version on disk tells which edits are missing from it. A torn
last record is an edit that was never acknowledged, and is ignored. Owns the journal's file; what the
edits do is not its business.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from sentitui.dataset.journal_records import MAGIC, Base, Change, Contents, packed, parsed
from sentitui.errors import DatasetError


class Journal:
    """The journal of one training file; `records` counts edits and returns. On disk from the first one on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None
        self._size = 0
        self.records = 0

    @property
    def begun(self) -> bool:
        """Whether there is a file to write to."""
        return self._fd is not None

    def read(self) -> Contents:
        """What an earlier session left; records after the first one that is not whole are ignored."""
        try:
            return parsed(self._path.read_bytes())
        except FileNotFoundError:
            return Contents()
        except OSError as error:
            raise _refused("read", self._path, error) from error

    def begin(self, base: Base) -> None:
        """Makes the file; `base` is what it starts from. DatasetError, leaving none, when it cannot."""
        try:
            self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            self._size = os.write(self._fd, MAGIC)
            sync_folder(self._path.parent)
            self._append(packed(base))
        except (OSError, DatasetError) as error:
            self.clear()
            if isinstance(error, OSError):
                raise _refused("made", self._path, error) from error
            raise

    def resume(self, contents: Contents) -> None:
        """Goes on behind what `read` found."""
        try:
            self._fd = os.open(self._path, os.O_WRONLY | os.O_CLOEXEC)
            os.ftruncate(self._fd, contents.size)
        except OSError as error:
            raise _refused("opened", self._path, error) from error
        self._size = contents.size
        self.records = len(contents.changes)

    def record(self, change: Change) -> None:
        """Has an edit or a return on disk.

        Raises DatasetError when that fails (a full disk): the journal is then as before.
        """
        self._append(packed(change))
        self.records += 1

    def rebase(self, base: Base) -> None:
        """Has on disk which version of the training file now holds how many of the records."""
        self._append(packed(base))

    def clear(self) -> None:
        """Forgets everything: the edits are saved, or not wanted."""
        self.close()
        self._path.unlink(missing_ok=True)
        self.records = 0

    def close(self) -> None:
        """Lets the file go; what is in it stays for the next session."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _append(self, record: bytes) -> None:
        if self._fd is None:
            raise DatasetError(f"The crash journal {self._path} is not open.", "Open the file again.")
        data = memoryview(record)
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(self._fd, data[written:], self._size + written)
            os.fdatasync(self._fd)
        except OSError as error:
            # What did reach the disk would be taken for the beginning of the next record.
            os.ftruncate(self._fd, self._size)
            raise _refused("written", self._path, error) from error
        self._size += len(data)


def journal_name(real_path: Path) -> str:
    """The name, without suffix, of what is kept for the file at this resolved path."""
    return hashlib.sha256(os.fsencode(real_path)).hexdigest()[:32]


def sync_folder(folder: Path) -> None:
    """Has the names in a folder on disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _refused(what: str, path: Path, error: OSError) -> DatasetError:
    return DatasetError(
        f"The crash journal {path} cannot be {what}: {error.strerror}. No edit is made without it.",
        "Free some space or correct the folder's permissions, then try again.",
    )
