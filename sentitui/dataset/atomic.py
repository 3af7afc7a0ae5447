"""A new file in the place of an old one, whole or not at all.

Written under another name in the same folder, put on disk, then renamed over the old one: after a full
disk or a kill at any instant the old file or the new one is there, whole. Keeps mode, owner and extended
attributes; what cannot be kept is said in `notes`. Refuses to leave a half-written file behind when
writing fails.
"""

from __future__ import annotations

import errno
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sentitui.dataset.disk import Identity
from sentitui.dataset.journal import sync_folder
from sentitui.errors import DatasetError

_SUFFIX = ".sentitui-new"
# How much the kernel is asked to copy at once: progress can be shown, a signal is answered, and the disk
# begins while the next part is copied.
_COPY = 1 << 25
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(slots=True)
class NewFile:
    """A file being written: `fd` to write to; `notes`: what of the old file could not be kept, in words."""

    path: Path
    fd: int
    notes: list[str] = field(default_factory=list)
    written: Identity | None = None

    @property
    def identity(self) -> Identity:
        """What the finished file is known by."""
        return self.written or Identity.of(os.fstat(self.fd))

    def write(self, data: bytes | bytearray) -> None:
        """Writes all of `data`."""
        view = memoryview(data)
        while view:
            view = view[os.write(self.fd, view) :]

    def copy(self, source: int, start: int, stop: int, on_copied: Callable[[int], None]) -> None:
        """Appends bytes `start` to `stop` of the descriptor `source`, in the kernel where it can."""
        while start < stop:
            count = min(_COPY, stop - start)
            copied = _copied_in_kernel(source, self.fd, start, count) or self._copied_by_hand(
                source, start, count
            )
            _begin_writing(self.fd, copied)
            start += copied
            on_copied(copied)

    def _copied_by_hand(self, source: int, start: int, count: int) -> int:
        data = os.pread(source, min(count, 1 << 20), start)
        if not data:
            raise DatasetError("The file became shorter while it was being saved.", "Open it again.")
        self.write(data)
        return len(data)


@contextmanager
def replacing(target: Path, before_replace: Callable[[Identity], None] | None = None) -> Iterator[NewFile]:
    """Gives a new file to write; when the body ends, it is on disk at `target` (a resolved path).

    `before_replace(identity of the new file)` is called when its bytes are on disk, just before the rename;
    what it raises stops that. Raises DatasetError, with the old file untouched, when anything fails.
    """
    path = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}{_SUFFIX}")
    fd = -1
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        new = NewFile(path, fd)
        yield new
        _keep_attributes(target, new)
        os.fsync(fd)
        new.written = Identity.of(os.fstat(fd))
        if before_replace is not None:
            before_replace(new.written)
        with _freed_later(target):
            path.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise _refused(target, error) from error
    finally:
        if fd >= 0:
            os.close(fd)
            path.unlink(missing_ok=True)


@contextmanager
def _freed_later(target: Path) -> Iterator[None]:
    """Holds the file at `target` beyond the body, which replaces it, and lets it go in another thread.

    Freeing gigabytes takes the kernel as long as a third of writing them; nobody should wait for that.
    """
    try:
        old = os.open(target, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # nothing is there, or nothing that we may read: then we cannot hold it
        yield
        return
    try:
        yield
    finally:
        if os.fstat(old).st_size > _COPY:
            threading.Thread(target=os.close, args=(old,), name="sentitui-free").start()
        else:
            os.close(old)


def remove_leftovers(target: Path) -> None:
    """Removes new files of `target` that a killed program left behind, as far as this user may."""
    prefix = f".{target.name[:100]}."
    with suppress(OSError):  # a folder that we may not look into or write to: they do no harm
        for entry in target.parent.iterdir():
            if _is_leftover(entry.name, prefix):
                entry.unlink(missing_ok=True)


def _is_leftover(name: str, prefix: str) -> bool:
    middle = name.removeprefix(prefix).removesuffix(_SUFFIX)
    return name == f"{prefix}{middle}{_SUFFIX}" and len(middle) == 8


def _begin_writing(fd: int, count: int) -> None:
    """Has the kernel start to put the last `count` bytes on disk, so that the final fsync has little to do.

    On Linux this advice queues dirty pages for writing; 1 GB then takes 1.3 times a cp that leaves it all in
    memory, instead of 2.0 times. Elsewhere nothing is lost without it.
    """
    if hasattr(os, "posix_fadvise") and count == _COPY:
        os.posix_fadvise(fd, os.lseek(fd, 0, os.SEEK_CUR) - count, count, os.POSIX_FADV_DONTNEED)


def _copied_in_kernel(source: int, target: int, start: int, count: int) -> int:
    """How many bytes the kernel copied; 0 when it cannot between these two files."""
    try:
        return os.copy_file_range(source, target, count, offset_src=start)
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise
    except AttributeError:  # not Linux
        return 0
    try:
        return os.sendfile(target, source, start, count)
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise
        return 0


def _keep_attributes(target: Path, new: NewFile) -> None:
    """Gives the new file the old one's owner, mode and extended attributes, as far as this user may."""
    try:
        old = target.stat()
    except FileNotFoundError:
        return
    made = os.fstat(new.fd)
    if (old.st_uid, old.st_gid) != (made.st_uid, made.st_gid):
        try:
            os.fchown(new.fd, old.st_uid, old.st_gid)
        except PermissionError:
            new.notes.append("The file's owner could not be kept: it is yours now.")
    for name in os.listxattr(target):
        try:
            os.setxattr(new.fd, name, os.getxattr(target, name))
        except OSError as error:
            new.notes.append(f"The file's attribute {name} could not be kept: {error.strerror}.")
    # Last: a change of owner clears the set-id bits.
    os.fchmod(new.fd, old.st_mode & 0o7777)
    if old.st_nlink > 1:
        new.notes.append(
            f"The file has {old.st_nlink - 1} other name(s) (hard links); they keep the old content."
        )


def _refused(target: Path, error: OSError) -> DatasetError:
    hint = "Check the folder's permissions, or save under another name."
    if error.errno in _NO_SPACE:
        hint = "Free some space, or save elsewhere. Nothing was lost: the old file is untouched."
    return DatasetError(f"Cannot write {target}: {error.strerror}", hint)
