"""Remembers the keys of recent prompts: a beginning seen before (a system prompt) is not computed again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from sentitui.engine.inference.memory import Keys
from sentitui.engine.packing import common_prefix

# Shorter beginnings are not worth the copy.
_WORTH = 8


class PrefixCache:
    """The keys of at most `entries` token runs and `budget` bytes, least recently used first to go."""

    def __init__(self, token_bytes: int, *, entries: int = 16, budget: int = 128 << 20) -> None:
        self._token_bytes = token_bytes
        self._entries = entries
        self._budget = budget
        self._kept: OrderedDict[tuple[Hashable, tuple[int, ...]], Keys] = OrderedDict()

    def longest(self, owner: Hashable, tokens: list[int]) -> Keys | None:
        """The keys of the longest known beginning of `tokens` as `owner` (an adapter) computes them."""
        best, best_length = None, _WORTH - 1
        for entry in self._kept:
            if entry[0] == owner and (shared := common_prefix([list(entry[1]), tokens])) > best_length:
                best, best_length = entry, shared
        if best is None:
            return None
        self._kept.move_to_end(best)
        return self._kept[best].part(0, best_length)

    def keep(self, owner: Hashable, tokens: list[int], keys: Keys) -> None:
        """Remembers a copy of `keys` for `tokens`, unless they are few or too many."""
        if len(tokens) < _WORTH or len(tokens) * self._token_bytes > self._budget:
            return
        self._kept[(owner, tuple(tokens))] = keys.copy()
        self._kept.move_to_end((owner, tuple(tokens)))
        while len(self._kept) > self._entries or self._bytes() > self._budget:
            self._kept.popitem(last=False)

    def _bytes(self) -> int:
        return sum(len(keys) for keys in self._kept.values()) * self._token_bytes
