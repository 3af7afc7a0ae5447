"""The crash journal: every edit is on disk before it is acknowledged.

An append-only file of checked records: edits, and "bases": which version of the training file holds how
many of them. A save writes its base before it replaces the file, so after a kill at any instant the
version on disk tells which edits are missing from it. A torn last record is an edit that was never
acknowledged, and is ignored. Owns the bytes of the journal; what the edits do is not its business.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from sentitui.dataset.disk import Identity
from sentitui.dataset.edits import Batch, Delete, Duplicate, Edit, Insert, Move, Replace, SingleEdit
from sentitui.errors import DatasetError

_MAGIC = b"sentitui journal 1\n"
_FRAME = struct.Struct("<QI")  # length of the payload in bytes, its CRC-32

_KINDS: tuple[type[SingleEdit], ...] = (Replace, Insert, Delete, Move, Duplicate)


@dataclass(frozen=True, slots=True)
class Base:
    """The version `identity` of the training file holds the first `edits` edits of the journal.

    `content`: a checksum of that version's whole content, when it was known.
    """

    edits: int
    identity: Identity
    content: int | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a journal says; `size`: the bytes of it that are whole records."""

    bases: tuple[Base, ...] = ()
    edits: tuple[Edit, ...] = ()
    size: int = 0


class Journal:
    """The journal of one training file. Nothing is on disk until the first record."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None
        self._size = 0
        self.edits = 0

    def read(self) -> Contents:
        """What an earlier session left; records after the first one that is not whole are ignored."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return Contents()
        except OSError as error:
            raise _refused("read", self._path, error) from error
        return _parsed(data)

    def resume(self, contents: Contents) -> None:
        """Goes on behind what `read` found."""
        try:
            self._fd = os.open(self._path, os.O_WRONLY | os.O_CLOEXEC)
            os.ftruncate(self._fd, contents.size)
        except OSError as error:
            raise _refused("opened", self._path, error) from error
        self._size = contents.size
        self.edits = len(contents.edits)

    def record(self, edit: Edit, base: Base) -> None:
        """Has an edit on disk; the first one after `base`, which is what the file on disk is now.

        Raises DatasetError when that fails (a full disk): the journal is then as before.
        """
        if self._fd is None:
            self._begin(base)
        self._append(["edit", _plain(edit)])
        self.edits += 1

    def rebase(self, base: Base) -> None:
        """Has on disk which version of the training file now holds how many of the edits."""
        if self._fd is not None:
            self._append(_plain_base(base))

    def clear(self) -> None:
        """Forgets everything: the edits are saved, or not wanted."""
        self.close()
        self._path.unlink(missing_ok=True)
        self.edits = 0

    def close(self) -> None:
        """Lets the file go; what is in it stays for the next session."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _begin(self, base: Base) -> None:
        try:
            self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            self._size = os.write(self._fd, _MAGIC)
            sync_folder(self._path.parent)
        except OSError as error:
            raise _refused("made", self._path, error) from error
        self._append(_plain_base(replace(base, edits=0)))

    def _append(self, record: list[Any]) -> None:
        if self._fd is None:
            raise DatasetError(f"The crash journal {self._path} is not open.", "Open the file again.")
        payload = msgspec.msgpack.encode(record)
        data = memoryview(_FRAME.pack(len(payload), zlib.crc32(payload)) + payload)
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(self._fd, data[written:], self._size + written)
            os.fdatasync(self._fd)
        except OSError as error:
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


def _parsed(data: bytes) -> Contents:
    bases: list[Base] = []
    edits: list[Edit] = []
    position = len(_MAGIC) if data.startswith(_MAGIC) else len(data)
    while position + _FRAME.size <= len(data):
        length, checksum = _FRAME.unpack_from(data, position)
        payload = data[position + _FRAME.size : position + _FRAME.size + length]
        if len(payload) < length or zlib.crc32(payload) != checksum:
            break
        kind, *values = msgspec.msgpack.decode(payload)
        if kind == "edit":
            edits.append(_edit(values[0]))
        else:
            bases.append(Base(values[0], Identity(*values[1]), values[2]))
        position += _FRAME.size + length
    return Contents(tuple(bases), tuple(edits), min(position, len(data)))


def _plain_base(base: Base) -> list[Any]:
    identity = base.identity
    numbers = [identity.device, identity.inode, identity.size, identity.mtime_ns]
    return ["base", base.edits, numbers, base.content]


def _plain(edit: Edit) -> list[Any]:
    if isinstance(edit, Batch):
        return ["batch", [_plain(single) for single in edit.edits]]
    return [_KINDS.index(type(edit)), *(getattr(edit, name) for name in edit.__slots__)]


def _edit(plain: list[Any]) -> Edit:
    kind, *fields = plain
    if kind == "batch":
        return Batch(tuple(_single(single) for single in fields[0]))
    return _single(plain)


def _single(plain: list[Any]) -> SingleEdit:
    kind, *fields = plain
    single: SingleEdit = _KINDS[kind](*fields)
    return single


def _refused(what: str, path: Path, error: OSError) -> DatasetError:
    return DatasetError(
        f"The crash journal {path} cannot be {what}: {error.strerror}. The edit was not made.",
        "Free some space or correct the folder's permissions, then try again.",
    )
