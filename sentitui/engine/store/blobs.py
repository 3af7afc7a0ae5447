"""The bytes of files: written beside their place, made durable, then moved into it.

Names are ids that the engine made. A blob exists whole or not at all; an entry in the database is made only
after its blob is durable, and removed before the blob is.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Container
from pathlib import Path

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
"""What file systems without hard links (FAT, some network and user-space ones) answer."""


class Blobs:
    """A folder of whole, durable blobs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> Path:
        """Where the blob of this id lies."""
        return self._folder / name

    def adopt(self, arrived: Path, name: str) -> None:
        """Takes over a finished file on the same file system; durable when this returns."""
        sync_file(arrived)
        arrived.rename(self._folder / name)
        sync_folder(self._folder)

    def link(self, name: str, target: Path) -> None:
        """Gives the blob a second name that outlives its deletion; durable when this returns."""
        try:
            os.link(self._folder / name, target)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            shutil.copyfile(self._folder / name, target)
            sync_file(target)
        sync_folder(target.parent)

    def remove(self, name: str) -> None:
        """Removes a blob; a missing one is as good as removed."""
        self.path(name).unlink(missing_ok=True)
        sync_folder(self._folder)

    def tidy(self, known: Container[str]) -> None:
        """Removes every blob that is not known."""
        for path in self._folder.iterdir():
            if path.name not in known:
                path.unlink()


def write_durably(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Writes a whole file at once: readers, other writers, and a power cut see all of it or nothing."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Makes a file's content durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Makes a folder's names durable."""
    sync_file(path)
