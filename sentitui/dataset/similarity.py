"""Which texts are the same or nearly the same: groups over any number of texts, which are never kept.

Same: equal after folding (case, spaces, punctuation, width). Nearly the same: at least 0.9 of their runs of
four characters are shared (Jaccard). Candidates come from MinHash signatures in bands; each pair is then
compared exactly, so nothing is grouped by chance. Memory is 120 bytes a text.
"""

from __future__ import annotations

import sys
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import rensa
import xxhash

from sentitui.dataset.digest import fold

NEAR = 0.9
"""The share of common runs of four characters from which two texts are near-duplicates."""

NEAR_LIMIT = 2_000_000
"""With more texts than this only folding is compared: the signatures would need more than 240 MB."""

_RUN = 4
# 12 bands of 10 values: of pairs at 0.9 six in 1,000 are missed, at 0.95 none; few below 0.7 are looked at.
_BANDS = 12
_WIDTH = 10
_SLOTS = 128
_SEED = 1
_BATCH = 512
# One bit of each value is kept: two texts at 0.9 differ in 6.4 of 128 bits (standard deviation 2.5).
_DIFFERING = 14
_LOW_BIT = bytes(b"01"[value & 1] for value in range(256))
_LOW_BYTE = slice(0 if sys.byteorder == "little" else 3, None, 4)
# In a crowd of candidates each is compared with this many before it: templates make crowds of thousands.
_CROWD = 64


class Similarity:
    """Collects texts by number (0, 1, 2...) and says which belong together."""

    def __init__(self) -> None:
        self._folded = array("Q")
        self._bands = [array("Q") for _ in range(_BANDS)]
        self._bits = array("Q")  # two a text
        self._waiting: list[list[str]] = []

    def __len__(self) -> int:
        return len(self._folded)

    @property
    def near_compared(self) -> bool:
        """Whether near-duplicates are looked for at all (see NEAR_LIMIT)."""
        return len(self) <= NEAR_LIMIT

    def add(self, text: str) -> None:
        """Takes in the next text."""
        folded = fold(text) or text
        self._folded.append(_hash(folded.encode("utf-8", "surrogatepass")))
        if self.near_compared:
            self._waiting.append(_runs(folded))
            if len(self._waiting) >= _BATCH:
                self._sign()

    def largest(self) -> int:
        """How many texts are equal to the most frequent one after folding."""
        return max(map(len, _equal(self._folded, range(len(self)))), default=min(1, len(self)))

    def groups(self, text_of: Callable[[int], str]) -> array[int]:
        """For each text the number of the first one that it belongs with (itself when it stands alone).

        `text_of` gives a text again by its number; it is asked only for texts that may be near-duplicates.
        """
        first = array("Q", range(len(self)))
        for members in _equal(self._folded, range(len(self))):
            for member in members[1:]:
                first[member] = members[0]
        if self.near_compared:
            self._sign()
            self._join_near(first, text_of)
        # A group is known by its lowest number, so what is pointed at is settled already.
        for number in range(len(first)):
            first[number] = first[first[number]]
        return first

    def _sign(self) -> None:
        digests = rensa.RMinHash.digests_from_token_sets(self._waiting, _SLOTS, _SEED)
        self._waiting = []
        for digest in digests:
            values = array("I", digest).tobytes()
            for number, band in enumerate(self._bands):
                band.append(_hash(values[4 * _WIDTH * number : 4 * _WIDTH * (number + 1)]))
            bits = int(values[_LOW_BYTE].translate(_LOW_BIT), 2)
            self._bits.extend((bits & 0xFFFF_FFFF_FFFF_FFFF, bits >> 64))

    def _join_near(self, first: array[int], text_of: Callable[[int], str]) -> None:
        @lru_cache(maxsize=4096)
        def runs_of(number: int) -> frozenset[str]:
            text = text_of(number)
            return frozenset(_runs(fold(text) or text))

        alone = [number for number in range(len(self)) if first[number] == number]
        for band in self._bands:
            for members in _equal(band, alone):
                for one, other in self._alike(members):
                    a, b = sorted((_root(first, one), _root(first, other)))
                    if a != b and _jaccard(runs_of(one), runs_of(other)) >= NEAR:
                        first[b] = a

    def _alike(self, members: list[int]) -> Iterator[tuple[int, int]]:
        """The pairs of candidates whose kept bits hardly differ."""
        before: deque[tuple[int, int]] = deque(maxlen=_CROWD)
        for member in members:
            bits = self._bits[2 * member] | self._bits[2 * member + 1] << 64
            for other in [other for other, its in before if (bits ^ its).bit_count() <= _DIFFERING]:
                yield member, other
            before.append((member, bits))


def similarity(one: str, other: str) -> float:
    """How much two texts share, from 0 to 1: Jaccard over runs of four characters of the folded texts."""
    return _jaccard(frozenset(_runs(fold(one) or one)), frozenset(_runs(fold(other) or other)))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def _runs(folded: str) -> list[str]:
    return [folded[start : start + _RUN] for start in range(max(1, len(folded) - _RUN + 1))]


def _hash(data: bytes) -> int:
    return xxhash.xxh3_64_intdigest(data)


def _equal(keys: array[int], numbers: Iterable[int]) -> Iterator[list[int]]:
    """The numbers whose keys are equal, at least two together, ascending."""
    run: list[int] = []
    for number in sorted(numbers, key=keys.__getitem__):
        if run and keys[run[0]] != keys[number]:
            if len(run) > 1:
                yield run
            run = []
        run.append(number)
    if len(run) > 1:
        yield run


def _root(first: array[int], number: int) -> int:
    while first[number] != number:
        number = first[number]
    return number
