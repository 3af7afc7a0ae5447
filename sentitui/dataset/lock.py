"""One program at a time: an advisory lock that ends with the process, however it ends.

The lock file holds the pid of its owner, for the message to the second program. Owns the file's coming
and going; refuses to wait.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Lock:
    """A held lock. `take` gives one, or the pid of who has it."""

    def __init__(self, path: Path, fd: int) -> None:
        """Takes over a locked descriptor; use `take`."""
        self._path = path
        self._fd = fd

    @classmethod
    def take(cls, path: Path) -> Lock | int:
        """The lock, or the pid of the process that holds it (0 when that has not been written yet).

        Raises OSError when the lock file cannot be made.
        """
        while True:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                owner = os.pread(fd, 20, 0)
                os.close(fd)
                return int(owner) if owner.isdigit() else 0
            lock = cls(path, fd)
            if _is_at(path, fd):
                lock.sign()
                return lock
            # The former owner removed the file between our open and our lock: take the new one.
            os.close(fd)

    def sign(self) -> None:
        """Writes our pid into the file; gives the lock up when that fails (OSError)."""
        try:
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, str(os.getpid()).encode(), 0)
        except OSError:
            self.release()
            raise

    def release(self) -> None:
        """Gives the lock up and removes its file."""
        # While it is still locked, so that nobody can be waiting on a file that is gone.
        self._path.unlink(missing_ok=True)
        os.close(self._fd)


def _is_at(path: Path, fd: int) -> bool:
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    return (found.st_dev, found.st_ino) == (os.fstat(fd).st_dev, os.fstat(fd).st_ino)
