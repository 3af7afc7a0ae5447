"""Gates: which lines of a block can a rule find something in at all?

A gate reads bytes, never text, and errs on the side of picking a line. `Block` holds a few hundred kilobytes
of a file with the views that gates share, each computed at most once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import accumulate

ASCII = bytes(range(128))
_ASCII_ESCAPE = re.compile(rb"\\u00[0-7]")
_ANY_ESCAPE = re.compile(rb"\\u[0-9a-fA-F]")
_PHONE_PUNCTUATION = b" -().+/"
_DIGITS_AS_ZERO = bytes(48 if 48 <= byte < 58 else byte for byte in range(256))


class Block:
    """Whole lines of a file, joined by newlines, as gates look at them."""

    def __init__(self, data: bytes, lines: list[bytes]) -> None:
        self.data = data
        self.lines = lines

    @cached_property
    def starts(self) -> list[int]:
        """The offset of every line in `data`."""
        return list(accumulate((len(line) + 1 for line in self.lines), initial=0))

    @cached_property
    def beyond_ascii(self) -> bytes:
        """The bytes that are not ASCII, in order: usually a small part, so cheap to search."""
        return b"".join([self.lines[index] for index in self.raw_wide_lines]).translate(None, ASCII)

    @cached_property
    def raw_wide_lines(self) -> tuple[int, ...]:
        """The lines that hold a byte beyond ASCII."""
        if self.data.isascii():
            return ()
        return tuple([index for index, line in enumerate(self.lines) if not line.isascii()])

    @cached_property
    def escaping_lines(self) -> tuple[int, ...]:
        """The lines that hold a backslash: only in them can anything be spelt as an escape."""
        if b"\\" not in self.data:
            return ()
        return tuple([index for index, line in enumerate(self.lines) if b"\\" in line])

    @cached_property
    def escaping(self) -> bytes:
        """Those lines, joined: mostly a small part of the block, so cheap to search."""
        if len(self.escaping_lines) > len(self.lines) // 2:
            return self.data
        return b"\n".join([self.lines[index] for index in self.escaping_lines])

    @cached_property
    def escaped_lines(self) -> frozenset[int]:
        """The lines that spell an ASCII character as an escape, so that searching bytes is not enough."""
        return frozenset(self.lines_spelling(_ASCII_ESCAPE) if self.has_escapes else ())

    @cached_property
    def has_escapes(self) -> bool:
        """Whether any character is spelt as a \\u escape."""
        return b"\\u" in self.escaping

    @cached_property
    def wide_lines(self) -> tuple[int, ...]:
        """The lines that hold a character beyond ASCII, as bytes or as an escape."""
        if not self.has_escapes and self.data.isascii():
            return ()
        escaped = self.lines_spelling(_ANY_ESCAPE) if self.has_escapes else ()
        return tuple(sorted({*self.raw_wide_lines, *escaped}))

    def lines_matching(self, pattern: re.Pattern[bytes]) -> Iterator[int]:
        """The indexes of the lines in which a pattern is found (it must not match across a line end)."""
        match = pattern.search(self.data)
        while match is not None:
            index = bisect_right(self.starts, match.start()) - 1
            yield index
            match = pattern.search(self.data, self.starts[index + 1])

    def lines_spelling(self, escape: re.Pattern[bytes]) -> list[int]:
        """The indexes of the lines in which a pattern is found that begins with a backslash."""
        if escape.search(self.escaping) is None:
            return []
        return [index for index in self.escaping_lines if escape.search(self.lines[index])]

    def lines_with(self, literal: bytes) -> list[int]:
        """The indexes of the lines that hold these bytes."""
        found: list[int] = []
        data, starts = self.data, None
        if literal[:1] not in data:
            return found  # looking for one byte is many times faster than for several
        position = data.find(literal)
        while position >= 0:
            starts = self.starts if starts is None else starts
            index = bisect_right(starts, position) - 1
            found.append(index)
            position = data.find(literal, starts[index + 1])
        return found


Gate = Callable[[Block], Iterable[int]]
"""Picks the indexes of the lines of a block in which a rule could find something."""


def literal_gate(*literals: bytes) -> Gate:
    """Picks lines that hold one of these ASCII literals, or that could hide one in an escape."""

    def gate(block: Block) -> Iterable[int]:
        picked = set(block.escaped_lines)
        for literal in literals:
            picked.update(block.lines_with(literal))
        return picked

    return gate


def wide_gate(block: Block) -> Iterable[int]:
    """Picks lines that hold any character beyond ASCII."""
    return block.wide_lines


def chars_gate(*ranges: tuple[int, int]) -> Gate:
    """Picks lines that hold a character of these inclusive code point ranges, as bytes or as an escape."""
    points = [point for low, high in ranges for point in range(low, high + 1)]
    # JSON text holds no raw control character (that is a syntax error), so only their escapes are looked for.
    encoded = [chr(point).encode("utf-8", "surrogatepass") for point in points if point >= 32]
    spelt = re.compile(_any_of(encoded), re.DOTALL)
    escapes = sorted({chr(point).encode("utf-16-be", "surrogatepass")[:2].hex() for point in points})
    escape = re.compile(rb"\\u(?:" + "|".join(escapes).encode() + rb")", re.IGNORECASE)
    ascii_too = any(32 <= point < 128 for point in points)

    def gate(block: Block) -> Iterable[int]:
        picked: set[int] = set()
        if encoded and spelt.search(block.data if ascii_too else block.beyond_ascii):
            picked.update(block.lines_matching(spelt))
        if block.has_escapes:
            picked.update(block.lines_spelling(escape))
        return picked

    return gate


def digits_gate(count: int) -> Gate:
    """Picks lines that hold at least `count` digits in a row, whatever phone punctuation divides them."""
    run = b"0" * count

    def gate(block: Block) -> Iterable[int]:
        squeezed = block.data.translate(_DIGITS_AS_ZERO, _PHONE_PUNCTUATION)
        if run not in squeezed:
            return block.escaped_lines
        picked = {i for i, line in enumerate(squeezed.split(b"\n")) if run in line}
        return picked | block.escaped_lines

    return gate


def length_gate(limit: int) -> Gate:
    """Picks lines longer than so many bytes."""

    def gate(block: Block) -> Iterable[int]:
        longest = max(map(len, block.lines), default=0)
        return [i for i, line in enumerate(block.lines) if len(line) > limit] if longest > limit else ()

    return gate


def any_gate(*gates: Gate) -> Gate:
    """Picks what at least one of the gates picks."""

    def gate(block: Block) -> Iterable[int]:
        return {index for one in gates for index in one(block)}

    return gate


def _any_of(sequences: list[bytes]) -> bytes:
    """A pattern for one of many byte sequences: grouped by all but their last byte, which becomes a set."""
    tails: dict[bytes, bytearray] = {}
    for sequence in sequences:
        tails.setdefault(sequence[:-1], bytearray()).append(sequence[-1])
    alternatives = (re.escape(head) + b"[" + _escaped_set(tail) + b"]" for head, tail in tails.items())
    return b"|".join(alternatives)


def _escaped_set(tail: Iterable[int]) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in tail)
