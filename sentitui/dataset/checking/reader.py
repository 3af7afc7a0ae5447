"""Reads a file in blocks of whole lines, in bounded memory, and divides it into ranges for several processes.

A line longer than LONGEST_LINE is never held: its first bytes stand for it, and reading goes on after its
end.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from sentitui.dataset.facts import LONGEST_LINE

BLOCK_BYTES = 2**19
RANGE_BYTES = 2**22
_WINDOW = 2**16
_SHOWN = 1024
_PEEK = 2**12  # bytes; most lines end in so many


@dataclass(frozen=True, slots=True)
class Lines:
    """A block of whole lines, or (`length` > 0) the first bytes of one line that is too long to be held."""

    data: bytes
    length: int = 0


def ranges(descriptor: int, start: int, size: int, step: int = RANGE_BYTES) -> Iterator[tuple[int, int]]:
    """Divides a file from `start` on into ranges (start, end) in bytes that each hold whole lines."""
    while start < size:
        end = _line_end(descriptor, min(start + step, size), size)
        yield start, end
        start = end


def _line_end(descriptor: int, position: int, size: int) -> int:
    """The offset after the line end at or after the byte before `position`."""
    position -= 1
    while position < size:
        window = os.pread(descriptor, _WINDOW, position)
        if not window:
            return size
        found = window.find(b"\n")
        if found >= 0:
            return position + found + 1
        position += len(window)
    return size


def blocks(descriptor: int, start: int, end: int) -> Iterator[Lines]:
    """The lines between two offsets, in blocks of about BLOCK_BYTES; line ends are kept."""
    position = start
    while position < end:
        data = os.pread(descriptor, _block_bytes(descriptor, position, end), position)
        if not data:
            return
        whole = len(data) if position + len(data) >= end else data.rfind(b"\n") + 1
        # Slicing all of it gives the same object back.
        if whole:
            yield Lines(data[:whole])
            position += whole
            continue
        stop = _line_end(descriptor, position + len(data) + 1, end)
        yield _long_line(descriptor, position, stop)
        position = stop


def _block_bytes(descriptor: int, position: int, end: int) -> int:
    """How much to read so that a block ends with a line, mostly: nothing is then copied or read again."""
    size = min(BLOCK_BYTES, end - position)
    if position + size >= end:
        return size
    following = os.pread(descriptor, _PEEK, position + size - 1)
    return min(size + following.find(b"\n"), end - position)


def _long_line(descriptor: int, start: int, stop: int) -> Lines:
    length = stop - start
    if length > LONGEST_LINE:
        return Lines(os.pread(descriptor, _SHOWN, start), length)
    pieces = []
    while start < stop:
        piece = os.pread(descriptor, stop - start, start)
        if not piece:
            break
        pieces.append(piece)
        start += len(piece)
    return Lines(b"".join(pieces))
