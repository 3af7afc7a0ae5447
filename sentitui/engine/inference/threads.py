"""How many threads a step gets: all cores when they are free, one when others need them.

Threads of one matrix product wait for each other, so on a busy machine two of them are several times slower
than one (measured: a step of 20 rows took 0.12 s on two idle cores, 0.14 s on one, and 0.8-1.9 s on two
busy ones). Nothing tells beforehand, so now and then one step is tried the other way.
"""

from __future__ import annotations

_TRY_EVERY = 24
_FIRST_TRY = 4
# The other way must be this much faster, or timing noise would flip it.
_CLEARLY = 0.9
# A step costs as much as this many rows before it has any: reading the weights.
_FIXED_ROWS = 12


class Threads:
    """Chooses between one thread and `most`; told what each step cost."""

    def __init__(self, most: int) -> None:
        self._choices = (1, most)
        self.count = most
        self._next_try = _FIRST_TRY
        self._usual: float | None = None
        self._trying = False

    def begin(self) -> int:
        """Threads for the coming step."""
        if self._trying:
            return self._other()
        return self.count

    def end(self, seconds: float, rows: int) -> None:
        """Tells what the step took and how many rows it had; steps of equal rows are compared."""
        if self._choices[0] == self._choices[1]:
            return
        cost = seconds / (rows + _FIXED_ROWS)
        if self._trying:
            self._trying = False
            self._next_try = _TRY_EVERY
            if self._usual is not None and cost < self._usual * _CLEARLY:
                self.count = self._other()
                self._usual = cost
            return
        self._usual = cost if self._usual is None else 0.5 * (self._usual + cost)
        self._next_try -= 1
        self._trying = self._next_try <= 0

    def _other(self) -> int:
        return self._choices[0] if self.count == self._choices[1] else self._choices[1]
