"""The key-value memory of the rows that are being answered, and of prompts on their way in.

Rows lie at the front of one block per model, without gaps: a row that leaves is replaced by the last one,
so a decoding step always works on a plain slice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sentitui.engine.inference.attention import masked_attention, one_token_attention

_STEP = 32
# A row this much longer than the others attends on its own, or all would pay for its length.
_LONG_FACTOR = 2


@dataclass(frozen=True, slots=True)
class Shape:
    """What a model's memory is made of."""

    layers: int
    heads: int
    width: int
    dtype: Any
    device: Any

    @property
    def token_bytes(self) -> int:
        """Bytes that one token of one row takes, keys and values together."""
        return int(2 * self.layers * self.heads * self.width * self.dtype.itemsize)


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys and values of a run of tokens: each [layers, key heads, tokens, width]."""

    key: Any
    value: Any

    def __len__(self) -> int:
        return int(self.key.shape[2])

    def part(self, start: int, stop: int) -> Keys:
        """The tokens from start to stop, as a view."""
        return Keys(self.key[:, :, start:stop], self.value[:, :, start:stop])

    def copy(self) -> Keys:
        """The same in memory of its own."""
        return Keys(self.key.clone(), self.value.clone())

    def then(self, other: Keys) -> Keys:
        """These tokens followed by others."""
        import torch

        return Keys(torch.cat([self.key, other.key], 2), torch.cat([self.value, other.value], 2))


def no_keys(shape: Shape) -> Keys:
    """The memory of nothing."""
    import torch

    size = (shape.layers, shape.heads, 0, shape.width)
    return Keys(*(torch.empty(size, dtype=shape.dtype, device=shape.device) for _ in range(2)))


class PromptMemory:
    """Collects the keys of one packed row of prompts while they attend to it and to the cached `past`."""

    def __init__(self, shape: Shape, past: Keys, tokens: int, mask: Any) -> None:
        import torch

        size = (shape.layers, shape.heads, tokens, shape.width)
        self.made = Keys(*(torch.empty(size, dtype=shape.dtype, device=shape.device) for _ in range(2)))
        self._past = past
        self._mask = mask

    def attend(self, layer: int, query: Any, key: Any, value: Any, scale: float) -> Any:
        """Attention of the packed row (batch 1) to the past and to itself."""
        import torch

        self.made.key[layer] = key[0]
        self.made.value[layer] = value[0]
        if len(self._past):
            key = torch.cat([self._past.key[layer][None], key], 2)
            value = torch.cat([self._past.value[layer][None], value], 2)
        return masked_attention(query, key, value, self._mask, scale)


class RowMemory:
    """Keys and values of all rows: block [layers, rows, key heads, tokens, width], grown as needed."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.lengths: list[int] = []
        self._key: Any = None
        self._value: Any = None
        self._mask: Any = None
        self._where: Any = None
        self._tokens = 0
        self._long: list[int] = []

    def __len__(self) -> int:
        return len(self.lengths)

    def add(self, parts: list[Keys]) -> int:
        """A new last row holding `parts` one after the other; returns its number."""
        row = len(self.lengths)
        length = sum(len(part) for part in parts)
        self._reserve(row + 1, length + 1)
        start = 0
        for part in parts:
            stop = start + len(part)
            self._key[:, row, :, start:stop] = part.key
            self._value[:, row, :, start:stop] = part.value
            start = stop
        self.lengths.append(length)
        return row

    def remove(self, row: int) -> None:
        """Frees a row; the last row takes its number."""
        last = len(self.lengths) - 1
        if row != last:
            length = self.lengths[last]
            self._key[:, row, :, :length] = self._key[:, last, :, :length]
            self._value[:, row, :, :length] = self._value[:, last, :, :length]
            self.lengths[row] = length
        self.lengths.pop()

    def clear(self) -> None:
        """Gives the block back; only when no row is left."""
        if not self.lengths:
            self._key = self._value = None

    def begin_step(self) -> None:
        """Makes room for one more token per row and prepares where it goes and what it may see."""
        import torch

        count = len(self.lengths)
        self._reserve(count, max(self.lengths) + 1)
        device = self.shape.device
        usual = sorted(self.lengths)[count // 2] * _LONG_FACTOR + _STEP
        self._long = [row for row, length in enumerate(self.lengths) if length > usual]
        self._tokens = 1 + max(min(length, usual) for length in self.lengths)
        lengths = torch.tensor(self.lengths, device=device)
        self._where = (torch.arange(count, device=device), lengths)
        hidden = torch.arange(self._tokens, device=device)[None] > lengths[:, None]
        mask = torch.zeros(hidden.shape, dtype=self.shape.dtype, device=device)
        self._mask = mask.masked_fill_(hidden, torch.finfo(self.shape.dtype).min)[:, None, None]

    def end_step(self) -> None:
        """The new tokens belong to their rows now."""
        self.lengths = [length + 1 for length in self.lengths]

    def attend(self, layer: int, query: Any, key: Any, value: Any, scale: float) -> Any:
        """Attention of one new token per row to its row."""
        count = len(self.lengths)
        rows, lengths = self._where
        keys, values = self._key[layer], self._value[layer]
        keys[rows, :, lengths] = key[:, :, 0]
        values[rows, :, lengths] = value[:, :, 0]
        tokens = self._tokens
        output = one_token_attention(
            query, keys[:count, :, :tokens], values[:count, :, :tokens], self._mask, scale
        )
        for row in self._long:
            stop = self.lengths[row] + 1
            one = slice(row, row + 1)
            output[one] = one_token_attention(
                query[one], keys[one, :, :stop], values[one, :, :stop], 0, scale
            )
        return output

    def _reserve(self, rows: int, tokens: int) -> None:
        have_rows, have_tokens = (0, 0) if self._key is None else (self._key.shape[1], self._key.shape[3])
        if rows <= have_rows and tokens <= have_tokens:
            return
        rows = max(have_rows, 1 << (rows - 1).bit_length())
        tokens = max(have_tokens, -(-tokens // _STEP) * _STEP)
        if tokens > have_tokens > 0:
            tokens = max(tokens, have_tokens + have_tokens // 2)
        size = (self.shape.layers, rows, self.shape.heads, tokens, self.shape.width)
        old = (self._key, self._value)
        self._key, self._value = (_zeros(size, self.shape) for _ in range(2))
        if have_rows:
            self._key[:, :have_rows, :, :have_tokens] = old[0]
            self._value[:, :have_rows, :, :have_tokens] = old[1]


def _zeros(size: tuple[int, ...], shape: Shape) -> Any:
    """Zeros that take memory only where written: the kernel hands out zeroed pages on first touch."""
    import numpy as np
    import torch

    if shape.device.type == "cpu" and shape.dtype == torch.float32:
        return torch.from_numpy(np.zeros(size, dtype=np.float32))
    return torch.zeros(size, dtype=shape.dtype, device=shape.device)
