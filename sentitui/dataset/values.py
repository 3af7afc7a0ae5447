"""JSON values that are not one a line: the elements of one array, or objects spread over lines.

Reads a stream in bounded memory and gives back each value's own bytes, so that nothing is re-encoded.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

import msgspec

from sentitui.dataset.scan import MISSING, scan

LONGEST_VALUE = 32 * 2**20
_CHUNK = 2**20
_BLANKS = re.compile(rb"[ \t\r\n]*")
_NO_BRACKETS = re.compile(rb'(?:[^\[\]{}"]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_BETWEEN_TOKENS = re.compile(rb'("(?:[^"\\]|\\.)*")|[ \t\r\n]+', re.DOTALL)


class BrokenStream(ValueError):  # noqa: N818 - it names what the stream is
    """The stream is no sequence of JSON values from this byte offset on."""

    def __init__(self, byte: int) -> None:
        super().__init__(f"no JSON value at byte {byte}")
        self.byte = byte


def are_whole(descriptor: int, size: int, *, in_array: bool) -> bool:
    """Whether an open file is, to its end, one array of values (or a sequence of them)."""
    try:
        return all(_is_json(one) for one in values(chunks(descriptor, size), in_array=in_array))
    except BrokenStream:
        return False


def _is_json(value: bytes) -> bool:
    try:
        msgspec.json.decode(value)
    except (ValueError, RecursionError):
        # What Python's reader takes and this one does not (NaN, half a surrogate pair) can still be moved.
        return scan(value).value is not MISSING
    return True


def chunks(descriptor: int, size: int) -> Iterator[bytes]:
    """The bytes of an open file."""
    return (os.pread(descriptor, _CHUNK, start) for start in range(0, size, _CHUNK))


def values(stream: Iterable[bytes], *, in_array: bool) -> Iterator[bytes]:
    """The bytes of every value of a stream; with `in_array`, of every element of its one array.

    Raises BrokenStream where the brackets or commas are wrong; the values themselves are not looked into.
    """
    source = _Source(stream)
    source.skip(b"\xef\xbb\xbf")
    if in_array and not source.skip(b"["):
        raise BrokenStream(source.offset)
    first = True
    while not source.at_end():
        if in_array and source.skip(b"]"):
            if not source.at_end():
                raise BrokenStream(source.offset)
            return
        if in_array and not first and not source.skip(b","):
            raise BrokenStream(source.offset)
        first = False
        yield source.take()
    if in_array:
        raise BrokenStream(source.offset)


def one_line(value: bytes) -> bytes:
    """A value on one line: white space between its tokens taken out, strings and numbers as they were."""
    return _BETWEEN_TOKENS.sub(rb"\1", value)


class _Source:
    """A buffer over the stream that holds little more than the value being read."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = iter(stream)
        self._buffer = b""
        self._at = 0
        self._dropped = 0

    @property
    def offset(self) -> int:
        """How many bytes of the stream are behind us."""
        return self._dropped + self._at

    def at_end(self) -> bool:
        """Whether only white space is left."""
        while True:
            match = _BLANKS.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer):
                return False
            if not self._more():
                return True

    def skip(self, token: bytes) -> bool:
        """Goes past a token if it is next."""
        if self.at_end() or not self._buffer.startswith(token, self._at):
            return False
        self._at += len(token)
        return True

    def take(self) -> bytes:
        """The bytes of the next value, which must be an object or array."""
        if self.at_end() or self._buffer[self._at] not in b"{[":
            raise BrokenStream(self.offset)
        depth, length = 0, 0
        while True:
            # Past everything but brackets; a string that the buffer does not end stops it, too.
            skipped = _NO_BRACKETS.match(self._buffer, self._at + length)
            length = (skipped.end() if skipped else self._at + length) - self._at
            token = self._buffer[self._at + length : self._at + length + 1]
            if token in (b"", b'"'):
                self._more_or_broken()
                continue
            length += 1
            depth += 1 if token in b"{[" else -1
            if depth == 0:
                self._at += length
                return self._buffer[self._at - length : self._at]

    def _more_or_broken(self) -> None:
        if len(self._buffer) - self._at > LONGEST_VALUE or not self._more():
            raise BrokenStream(self.offset)

    def _more(self) -> bool:
        chunk = next(self._stream, b"")
        self._dropped += self._at
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return bool(chunk)
