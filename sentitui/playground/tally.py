"""Distinct answers and how often each came. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sentitui.playground.labels import Labels
from sentitui.playground.statistics import entropy

Normalise = Callable[[str], str]
_PUNCTUATION = re.compile(r"[^\w\s]+")


@dataclass(frozen=True, slots=True)
class Variant:
    """One distinct answer after normalising: `text` as it was first given, and how often it came."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The variants, most frequent first; `failed` counts the completions that gave no answer."""

    variants: tuple[Variant, ...]
    total: int
    failed: int = 0

    @property
    def agreement(self) -> float:
        """The share of answers that are the most frequent one; 0 without answers."""
        return self.variants[0].count / self.total if self.total else 0.0

    @property
    def distinct(self) -> int:
        """How many distinct answers there are."""
        return len(self.variants)

    @property
    def entropy(self) -> float:
        """The answers' entropy in bits; 0 when all are the same."""
        return entropy([variant.count for variant in self.variants])


def tally(answers: Iterable[str | None], normalise: Normalise | None = None) -> Tally:
    """Counts answers that are equal after normalising (default: exactly); None is a failed completion."""
    fold = normalise or exact
    counts: Counter[str] = Counter()
    shown: dict[str, str] = {}
    failed = 0
    for answer in answers:
        if answer is None:
            failed += 1
            continue
        key = fold(answer)
        shown.setdefault(key, answer)
        counts[key] += 1
    variants = tuple(Variant(shown[key], count) for key, count in counts.most_common())
    return Tally(variants, sum(counts.values()), failed)


def exact(answer: str) -> str:
    """The answer itself, letter for letter: a program that reads it would see every space."""
    return answer


def folded(answer: str) -> str:
    """Letter case, punctuation, width and runs of white space do not count."""
    plain = unicodedata.normalize("NFKC", answer).casefold()
    return " ".join(_PUNCTUATION.sub(" ", plain).split())


def by_label(labels: Labels) -> Normalise:
    """Answers with the same label are the same; without a label, as `folded`."""

    def normalise(answer: str) -> str:
        found = labels.extract(answer.strip())
        return folded(answer) if found is None else f"\0{found}"

    return normalise


def as_json(answer: str) -> str:
    """Answers that are equal JSON are the same, whatever the spacing and key order; else as `exact`."""
    try:
        return "\0" + json.dumps(json.loads(answer), sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return exact(answer)
