"""Signatures of texts and an index of similar ones: MinHash over runs of four bytes, by the rensa library.

A signature is 128 numbers of 32 bits; the share of equal ones estimates the Jaccard similarity of two texts
with a standard error of 0.027 at 0.9. Candidates come from 12 bands of 8 numbers: of pairs at 0.9 one in 800
is missed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from operator import eq

import rensa

from sentitui.dataset.digest import fold

NEAR = 0.9
_SLOTS = 128
_BANDS = 12
_BAND_BYTES = 8 * 4
_SEED = 1
_RUN = 4


def signature(text: str) -> bytes:
    """The signature of a text, 512 bytes; the same in every process."""
    folded = (fold(text) or text).encode("utf-8", "surrogatepass")
    sketch = rensa.RMinHash.digest_matrix_from_token_hash_sets([_runs(folded)], _SLOTS, _SEED)
    return array("I", sketch.to_rows()[0]).tobytes()


def _runs(folded: bytes) -> list[int]:
    """Every run of four bytes as a number; the sketch mixes them itself, so they need no hash."""
    padded = folded.ljust(_RUN, b"\0")
    runs = array("I")
    for start in range(_RUN):
        runs.frombytes(padded[start : start + (len(padded) - start) // _RUN * _RUN])
    return runs.tolist()


class Neighbours:
    """Finds remembered lines whose signatures are at least 0.9 similar."""

    def __init__(self) -> None:
        self._signatures: dict[int, bytes] = {}
        self._bands: dict[bytes, set[int]] = {}

    def add(self, line: int, signature: bytes) -> None:
        """Remembers a line."""
        self._signatures[line] = signature
        for key in _keys(signature):
            self._bands.setdefault(key, set()).add(line)

    def remove(self, line: int, signature: bytes) -> None:
        """Forgets a line."""
        del self._signatures[line]
        for key in _keys(signature):
            self._bands[key].discard(line)

    def similar(self, signature: bytes) -> Iterable[int]:
        """The remembered lines that are similar, ascending."""
        candidates = set[int]().union(*(self._bands.get(key, ()) for key in _keys(signature)))
        return sorted(line for line in candidates if _similarity(signature, self._signatures[line]) >= NEAR)


def _keys(signature: bytes) -> Iterator[bytes]:
    for band in range(_BANDS):
        yield bytes([band]) + signature[band * _BAND_BYTES : (band + 1) * _BAND_BYTES]


def _similarity(one: bytes, other: bytes) -> float:
    equal: int = sum(map(eq, memoryview(one).cast("I"), memoryview(other).cast("I")))
    return equal / _SLOTS
