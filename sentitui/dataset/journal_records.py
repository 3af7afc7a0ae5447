"""The records of a crash journal as bytes: framed, checked, and read back until the first one that is not
whole.

Three kinds: an edit; a return to the state after an earlier record (undo, redo); a base, which says what
version of the training file holds how many of the records. Owns the format; knows no file.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Any

import msgspec

from sentitui.dataset.disk import Identity
from sentitui.dataset.edits import Batch, Delete, Duplicate, Edit, Insert, Move, Replace, SingleEdit

MAGIC = b"sentitui journal 1\n"
_FRAME = struct.Struct("<QI")  # length of the payload in bytes, its CRC-32
_KINDS: tuple[type[SingleEdit], ...] = (Replace, Insert, Delete, Move, Duplicate)


@dataclass(frozen=True, slots=True)
class Return:
    """Back to the state after record number `to` (0: before the first)."""

    to: int


@dataclass(frozen=True, slots=True)
class Base:
    """The version `identity` of the training file is the state after record number `records`.

    `content`: a checksum of that version's whole content, when it was known.
    """

    records: int
    identity: Identity
    content: int | None = None


Change = Edit | Return
# A linked list of edits, so that states share what leads to them.
_Path = tuple[Edit, "_Path"] | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a journal says; `size`: the bytes of it that are whole records. Bases are not numbered."""

    bases: tuple[Base, ...] = ()
    changes: tuple[Change, ...] = ()
    size: int = 0

    def missing_from(self, base: Base) -> tuple[Edit, ...] | None:
        """The edits that lead from `base` to the last state; None when the journal does not say."""
        # By the number of a record: the edits that lead from `base` to the state after it, last one first.
        paths: dict[int, _Path] = {base.records: None}
        number = base.records
        for number, change in enumerate(self.changes[base.records :], base.records + 1):
            if not isinstance(change, Return):
                paths[number] = (change, paths[number - 1])
            elif change.to in paths:
                paths[number] = paths[change.to]
            else:
                return None
        return _unrolled(paths[number])


def _unrolled(path: _Path) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    while path is not None:
        edit, path = path
        edits.append(edit)
    return tuple(reversed(edits))


def packed(record: Change | Base) -> bytes:
    """A record as framed bytes."""
    payload = msgspec.msgpack.encode(_plain(record))
    return _FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def parsed(data: bytes) -> Contents:
    """What is in the bytes of a journal; nothing when they are not one."""
    bases: list[Base] = []
    changes: list[Change] = []
    position = len(MAGIC) if data.startswith(MAGIC) else len(data)
    while position + _FRAME.size <= len(data):
        length, checksum = _FRAME.unpack_from(data, position)
        payload = memoryview(data)[position + _FRAME.size : position + _FRAME.size + length]
        if len(payload) < length or zlib.crc32(payload) != checksum:
            break
        record = _record(msgspec.msgpack.decode(payload))
        if isinstance(record, Base):
            bases.append(record)
        else:
            changes.append(record)
        position += _FRAME.size + length
    return Contents(tuple(bases), tuple(changes), min(position, len(data)))


def _plain(record: Change | Base) -> list[Any]:
    if isinstance(record, Base):
        identity = record.identity
        numbers = [identity.device, identity.inode, identity.size, identity.mtime_ns]
        return ["base", record.records, numbers, record.content]
    if isinstance(record, Return):
        return ["return", record.to]
    if isinstance(record, Batch):
        return ["batch", [_plain(single) for single in record.edits]]
    return [_KINDS.index(type(record)), *(getattr(record, name) for name in record.__slots__)]


def _record(plain: list[Any]) -> Change | Base:
    kind, *values = plain
    if kind == "base":
        return Base(values[0], Identity(*values[1]), values[2])
    if kind == "return":
        return Return(values[0])
    if kind == "batch":
        return Batch(tuple(_single(single) for single in values[0]))
    return _single(plain)


def _single(plain: list[Any]) -> SingleEdit:
    kind, *values = plain
    single: SingleEdit = _KINDS[kind](*values)
    return single
