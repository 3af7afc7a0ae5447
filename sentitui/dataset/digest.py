"""What is remembered of an example for the rules that compare examples: a few hashes and short features.

A digest is small (tens of bytes), the same in every process, and enough to find duplicates, contradictions
and label statistics; the text itself is never kept.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import xxhash

from sentitui.dataset.format import Format

_FOLDED_AWAY = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Digest:
    """One example in the eyes of the cross-example rules; the hashes are 64 bits, 0 means "has none".

    `exact`: canonical JSON; `folded`: all texts without case, space and punctuation; `prompt`: everything
    before the final answer, folded; `answer`: the final answer, folded; `label`: that answer verbatim when it
    is short; `system`: the system text; `columns`: a reinforcement example's extra keys with their types;
    `images`: has any.
    """

    exact: int
    folded: int
    prompt: int
    answer: int
    format: Format
    label: str | None = None
    system: str | None = None
    columns: str | None = None
    images: bool = False


def fold(text: str) -> str:
    """The text without case, spaces, punctuation and width variants: what near-equality compares."""
    return _FOLDED_AWAY.sub("", unicodedata.normalize("NFKC", text).casefold())


def hash_text(text: str) -> int:
    """A 64-bit hash of a text that is the same in every process, never 0."""
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass")) or 1
