"""Signatures of texts and an index of similar ones: MinHash over runs of four characters, by the rensa
library.

A signature is 128 numbers of 32 bits; the share of equal ones estimates the Jaccard similarity of two texts
with a standard error of 0.027 at 0.9. Candidates come from 16 bands of 8 numbers: of pairs at 0.9 one in
10,000 is missed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

import rensa

from sentitui.dataset.digest import fold

NEAR = 0.9
_SLOTS = 128
_BANDS = 16
_SEED = 1
_RUN = 4
_BAND_BYTES = _SLOTS // _BANDS * 4


def signature(text: str) -> bytes:
    """The signature of a text, 512 bytes; the same in every process."""
    folded = fold(text) or text
    runs = [folded[start : start + _RUN] for start in range(max(1, len(folded) - _RUN + 1))]
    sketch = rensa.RMinHash(_SLOTS, _SEED)
    sketch.update(runs)
    return array("I", sketch.digest()).tobytes()


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
    a, b = array("I", one), array("I", other)
    return sum(x == y for x, y in zip(a, b, strict=True)) / _SLOTS
