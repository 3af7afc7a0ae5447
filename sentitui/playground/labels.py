"""Which label an answer carries, and whether it is written in the right form. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LONGEST = 60
_MOST = 50


@dataclass(frozen=True, slots=True)
class Labels:
    """The closed set of answers that a training file teaches, in order of frequency."""

    names: tuple[str, ...]

    def extract(self, answer: str) -> str | None:
        """The one label that occurs in the answer as a whole word, letter case folded; None when none or
        several do.

        A word ends where a letter, digit or underscore ends. A label inside a longer label found at the same
        place ("billing" in "billing dispute") does not count.
        """
        if answer in self.names:
            return answer
        folded = answer.casefold()
        spans = [
            (match.start(), match.end(), name)
            for name in self.names
            for match in re.finditer(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", folded)
        ]
        outer = {name for start, end, name in spans if not _inside(start, end, spans)}
        return outer.pop() if len(outer) == 1 else None

    def is_exact(self, answer: str) -> bool:
        """Whether the answer is a label and nothing else, letter for letter; a space before it is something
        else."""
        return answer in self.names


def labels_of(answers: Iterable[str | None]) -> Labels | None:
    """The labels when the answers look like a classification: few distinct, short, mostly repeated; else
    None.

    At most 50 labels of at most 60 characters on one line, and at least half of the answers seen more than
    once.
    """
    counts = Counter(answer.strip() for answer in answers if answer and answer.strip())
    total = sum(counts.values())
    repeated = sum(count for count in counts.values() if count > 1)
    if not counts or len(counts) > _MOST or any(len(name) > _LONGEST or "\n" in name for name in counts):
        return None
    return Labels(tuple(name for name, _ in counts.most_common())) if repeated * 2 >= total else None


def _inside(start: int, end: int, spans: Sequence[tuple[int, int, str]]) -> bool:
    return any(s <= start and end <= e and (s, e) != (start, end) for s, e, _ in spans)
