"""Packs token sequences that begin alike into one row: the shared beginning is computed once.

A row is [prefix][tail 1][tail 2]...; every tail continues the prefix (same position numbers as if alone)
and a block mask keeps the tails from seeing each other. For classification data, whose examples share a
system prompt, this halves the work of a padded batch, and the numbers stay the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Tokens = list[int]


@dataclass(frozen=True, slots=True)
class PackedRow:
    """`tokens` and `positions` of one row; sequence i's tail begins at `starts[i]`, after `prefix` tokens."""

    tokens: list[int]
    positions: list[int]
    prefix: int
    starts: list[int]
    past: int = 0

    def index(self, sequence: int, position: int) -> int:
        """Where token `position` of a sequence lies in the row (it must not lie in the past)."""
        if position < self.prefix:
            return position - self.past
        return self.starts[sequence] + position - self.prefix


def common_prefix(sequences: Sequence[Tokens]) -> int:
    """How many first tokens all sequences share."""
    shortest, longest = min(sequences), max(sequences)  # lexicographic extremes differ first
    for index, (one, other) in enumerate(zip(shortest, longest, strict=False)):
        if one != other:
            return index
    return min(len(shortest), len(longest))


def pack(sequences: Sequence[Tokens], *, past: int = 0) -> PackedRow:
    """One row of all `sequences`, without the first `past` shared tokens (whose keys are cached)."""
    prefix = max(common_prefix(sequences), past)
    tokens = list(sequences[0][past:prefix])
    positions = list(range(past, prefix))
    starts = []
    for sequence in sequences:
        starts.append(len(tokens))
        tokens.extend(sequence[prefix:])
        positions.extend(range(prefix, len(sequence)))
    return PackedRow(tokens, positions, prefix, starts, past)


def block_mask(row: PackedRow, dtype: Any, device: Any) -> Any:
    """The additive attention mask [1, 1, tokens, past + tokens]: 0 where a token may look, else the minimum.

    A token sees the prefix (cached or in the row) and its own tail, up to itself.
    """
    import torch

    length = len(row.tokens)
    block = torch.full((length,), -1, dtype=torch.long, device=device)  # -1: the prefix itself
    for number, start in enumerate(row.starts):
        block[start:] = number
    own = block[:, None] == block[None, :]
    seen = (own | (block == -1)[None, :]).tril()
    mask = torch.zeros((length, row.past + length), dtype=dtype, device=device)
    mask[:, row.past :].masked_fill_(~seen, torch.finfo(dtype).min)
    return mask[None, None]


def split_rows(lengths: Sequence[int], prefix: int, limit: int) -> list[list[int]]:
    """Groups of sequence numbers, in order, whose packed row has at most `limit` tokens.

    A sequence that is longer than the limit gets a row of its own. The prefix is counted once per row.
    """
    rows: list[list[int]] = []
    size = 0
    for number, length in enumerate(lengths):
        tail = length - prefix
        if rows and size + tail <= limit:
            rows[-1].append(number)
            size += tail
        else:
            rows.append([number])
            size = prefix + tail
    return rows
