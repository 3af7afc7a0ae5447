"""When a set looks like classification, and which spellings mean the same label."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from sentitui.dataset.rules.rule import Counts

MOST_LABELS = 50
"""A set with more distinct short answers is not taken for classification."""

# With more different spellings than this there are too many labels, whatever they mean: no folding is needed.
_MOST_SPELLINGS = 20 * MOST_LABELS
_SHARE = 0.9
_EXAMPLES_A_LABEL = 2
_DIVIDERS = re.compile(r"(?<=\w)[\s_-]+(?=\w)")
_AROUND = " \t\r\n\u00a0\"'`*“”‘’„«»"


@lru_cache(maxsize=4 * _MOST_SPELLINGS)
def fold_label(label: str) -> str:
    """The label without case, width, dividers between words, quotes around it and a final mark.

    Weaker than folding texts on purpose: "C" and "C++", "1" and "-1", "+" and "-" stay different labels.
    """
    plain = unicodedata.normalize("NFKC", label).casefold().strip(_AROUND)
    return _DIVIDERS.sub(" ", plain.rstrip(".!,;:").strip(_AROUND) or plain)


def spellings(labels: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Labels grouped by meaning, each with its spellings and their numbers."""
    found: dict[str, dict[str, int]] = {}
    for label, count in labels.items():
        if label.strip():
            found.setdefault(fold_label(label), {})[label] = count
    return found


def looks_like_classification(counts: Counts) -> bool:
    """Whether nearly all answers are short, at most 50 different ones, and they return."""
    labelled = sum(counts.values.values())
    if not counts.complete or labelled < _SHARE * counts.examples or len(counts.values) > _MOST_SPELLINGS:
        return False
    meanings = len(spellings(counts.values))
    return 0 < meanings <= MOST_LABELS and labelled >= _EXAMPLES_A_LABEL * meanings
