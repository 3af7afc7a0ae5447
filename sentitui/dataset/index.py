"""Where the lines of a file are, for a file of any size.

A sparse index: the number of line feeds before each block of 64 KB, nothing per line (0.6 MB for 5 GB),
and a checksum per block, so that a file that was touched can be told from one that was changed. Built by
reading the file once, in the background; what is known so far can be used at once. Reads with pread,
never mmap: a file cut short under us is an error message, not a crash. Ends lines at LF and CRLF; a lone
CR is content.
"""

from __future__ import annotations

import os
import threading
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import lru_cache

from sentitui.errors import DatasetError

BLOCK = 1 << 16
_READ = 1 << 18
# Positions of line feeds of the blocks looked at last: at most 128 KB each.
_CACHED_BLOCKS = 16


class LineIndex:
    """The lines of an open file; `close` stops the background pass. The descriptor stays the caller's."""

    def __init__(self, fd: int, size: int, start: int, on_growth: Callable[[], None]) -> None:
        """Indexes bytes `start` (after a BOM) to `size` of `fd`; the first 256 KB before it returns.

        `on_growth` is called in the indexing thread after every few megabytes and once at the end.
        """
        self._fd = fd
        self._size = size
        self._start = start
        self._on_growth = on_growth
        self._before = array("Q", [0])  # line feeds before block b; one entry more than blocks read
        self._checksums = array("I")
        self._crlf = 0
        self._known = threading.Condition()
        self._stopped = False
        self._error: OSError | None = None
        self._newlines = lru_cache(_CACHED_BLOCKS)(self._find_newlines)
        self._unterminated = self._ends_without_newline()
        self._thread: threading.Thread | None = None
        buffer = bytearray(_READ)
        self._read_on(buffer)
        if not self.complete:
            self._thread = threading.Thread(
                target=self._scan, args=(buffer,), name="sentitui-index", daemon=True
            )
            self._thread.start()

    @property
    def complete(self) -> bool:
        """Whether the whole file has been read (or reading it failed)."""
        return self._error is not None or self._bytes_read >= self._size

    @property
    def count(self) -> int:
        """The number of whole lines known so far."""
        finished = self._bytes_read >= self._size
        return self._before[-1] + (1 if finished and self._unterminated else 0)

    @property
    def size(self) -> int:
        """The size of the file in bytes when it was opened."""
        return self._size

    @property
    def unterminated(self) -> bool:
        """Whether the file ends in a line without a terminator."""
        return self._unterminated

    @property
    def last_byte(self) -> bytes:
        """The last byte of the file."""
        return self._read(max(self._start, self._size - 1), self._size)

    def trailing(self, start: int, stop: int) -> int:
        """How many bytes end the last line of bytes `start` to `stop`; 0 when that line is blank."""
        tail = self._read(max(start, stop - 3), stop)
        terminator = b"\r\n" if tail.endswith(b"\r\n") else b"\n"
        before = tail.removesuffix(terminator)
        return 0 if before[-1:] in {b"", b"\n"} else len(terminator)

    @property
    def terminator(self) -> bytes:
        """The terminator that most lines read so far have: LF or CRLF."""
        return b"\r\n" if 2 * self._crlf > self._before[-1] else b"\n"

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until the whole file has been read; False when `timeout` seconds were not enough."""
        with self._known:
            done = self._known.wait_for(lambda: self.complete or self._stopped, timeout)
        if self._error is not None:
            raise DatasetError(f"The file cannot be read to its end: {self._error.strerror}") from self._error
        return done

    def offset(self, line: int) -> int:
        """The byte where line `line` begins; for the number of lines, where the last one ends."""
        if line <= 0:
            return self._start
        if line > self._before[-1]:
            return self._size
        block = bisect_left(self._before, line) - 1
        return block * BLOCK + self._newlines(block)[line - 1 - self._before[block]] + 1

    def line(self, line: int, limit: int | None = None) -> bytes:
        """Line `line` without its terminator; only its first `limit` bytes when given."""
        start, stop = self.offset(line), self.offset(line + 1)
        stop -= len(self._terminator_before(start, stop))
        return self._read(start, stop if limit is None else min(stop, start + limit))

    def terminator_of(self, line: int) -> bytes:
        """The terminator of line `line`: LF, CRLF, or nothing (the last line only)."""
        return self._terminator_before(self.offset(line), self.offset(line + 1))

    def lines(self, start: int, stop: int) -> Iterator[bytes]:
        """Lines `start` to `stop` without terminators, read in large pieces."""
        position, end = self.offset(start), self.offset(stop)
        begun: list[bytes] = []  # the chunks of a line whose end is still to come
        while position < end:
            chunk = self._read(position, min(end, position + _READ))
            position += len(chunk)
            first, *others = chunk.split(b"\n")
            begun.append(first)
            for next_begun in others:
                yield b"".join(begun).removesuffix(b"\r")
                begun = [next_begun]
        if any(begun):
            yield b"".join(begun)

    def require_unchanged(self) -> None:
        """Reads the file again; raises DatasetError when a byte of what was opened has changed."""
        self.wait()
        byte = self._changed_at()
        if byte is not None:
            raise DatasetError(
                f"The file was changed in place (after byte {byte}): lines that were opened are gone.",
                "Reload it, then make your edits again on the new lines.",
            )

    def _changed_at(self) -> int | None:
        for block, checksum in enumerate(self._checksums):
            stop = min((block + 1) * BLOCK, self._size)
            try:
                data = self._read(block * BLOCK, stop)
            except DatasetError:
                return block * BLOCK
            if zlib.crc32(data) != checksum:
                return block * BLOCK
        return None

    @property
    def content(self) -> int | None:
        """A checksum of the whole content; None while it is not all read."""
        return zlib.crc32(self._checksums) if self._bytes_read >= self._size else None

    def close(self) -> None:
        """Stops the background pass and waits for its thread."""
        with self._known:
            self._stopped = True
            self._known.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    @property
    def _bytes_read(self) -> int:
        return (len(self._before) - 1) * BLOCK

    def _scan(self, buffer: bytearray) -> None:
        reads = 0
        while not self._stopped and not self.complete:
            try:
                self._read_on(buffer)
            except OSError as error:
                self._error = error
            reads += 1
            if reads % 64 == 0 and not self.complete:
                self._on_growth()
        with self._known:
            self._known.notify_all()
        if not self._stopped:
            self._on_growth()

    def _read_on(self, buffer: bytearray) -> None:
        """Reads and counts the next 256 KB."""
        position = self._bytes_read
        wanted = min(_READ, self._size - position)
        view = memoryview(buffer)
        filled = 0
        while filled < wanted:
            got = os.preadv(self._fd, [view[filled:wanted]], position + filled)
            if got == 0:
                raise OSError(0, "it became shorter while it was being read")
            filled += got
        for begin in range(0, wanted, BLOCK):
            end = min(begin + BLOCK, wanted)
            self._checksums.append(zlib.crc32(view[begin:end]))
            if buffer.find(b"\r", begin, end) >= 0:
                self._crlf += buffer.count(b"\r\n", begin, end)
            # Last, because readers take what is in here as known.
            self._before.append(self._before[-1] + buffer.count(b"\n", begin, end))

    def _find_newlines(self, block: int) -> array[int]:
        """The positions of the line feeds in a block, as 16-bit numbers."""
        data = self._read(block * BLOCK, min((block + 1) * BLOCK, self._size))
        found = array("H")
        at = data.find(b"\n")
        while at >= 0:
            found.append(at)
            at = data.find(b"\n", at + 1)
        return found

    def _terminator_before(self, start: int, stop: int) -> bytes:
        tail = self._read(max(start, stop - 2), stop)
        if tail == b"\r\n":
            return tail
        return b"\n" if tail.endswith(b"\n") else b""

    def _ends_without_newline(self) -> bool:
        return self._size > self._start and os.pread(self._fd, 1, self._size - 1) != b"\n"

    def _read(self, start: int, stop: int) -> bytes:
        return read_exactly(self._fd, start, stop)


def read_exactly(fd: int, start: int, stop: int) -> bytes:
    """Bytes `start` to `stop` of `fd`; DatasetError when the file has become shorter or cannot be read."""
    parts = []
    try:
        while start < stop:
            part = os.pread(fd, stop - start, start)
            if not part:
                raise DatasetError("The file became shorter while it was open.", "Open it again.")
            parts.append(part)
            start += len(part)
    except OSError as error:
        raise DatasetError(f"The file cannot be read: {error.strerror}") from error
    return b"".join(parts)
