"""The file on disk under a training file: opening it, and noticing that it is no longer the same.

Refuses what has no lines of bytes to index: folders, pipes, devices.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sentitui.errors import DatasetError

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one version of a file from another: inode, size in bytes, time of the last change in ns."""

    device: int
    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Identity:
        """The identity that a stat result shows."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class DiskState(StrEnum):
    """How the path looks now, compared with the file that was opened or saved last."""

    SAME = "same"
    REPLACED = "replaced"  # another file is there; the one that was opened is still readable here
    REWRITTEN = "rewritten"  # the opened file itself was written to (or its time was changed)
    DELETED = "deleted"


def open_regular(path: Path) -> tuple[int, os.stat_result]:
    """A read descriptor of a regular file, and its status. DatasetError says what else it is, or why not."""
    try:
        # Without O_NONBLOCK, opening a pipe would wait for a writer.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        status = os.fstat(fd)
    except OSError as error:
        raise DatasetError(
            f"Cannot open {path}: {error.strerror}", "Check the name and its permissions."
        ) from error
    if not stat.S_ISREG(status.st_mode):
        os.close(fd)
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise DatasetError(f"Cannot open {path}: it is {kind}.", "Give the name of a JSONL file.")
    return fd, status


def has_bom(fd: int) -> bool:
    """Whether the file begins with the UTF-8 byte order mark."""
    return os.pread(fd, len(BOM), 0) == BOM


def compare(path: Path, fd: int, opened: Identity, current: Identity) -> DiskState:
    """How `path` differs from `current` (what it should be now); `opened` is what `fd` was when opened."""
    if Identity.of(os.fstat(fd)) != opened:
        return DiskState.REWRITTEN
    try:
        found = Identity.of(path.stat())
    except FileNotFoundError:
        return DiskState.DELETED
    except OSError as error:
        raise DatasetError(f"Cannot look at {path}: {error.strerror}") from error
    return DiskState.SAME if found == current else DiskState.REPLACED
