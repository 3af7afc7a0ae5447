"""Chooses each row's next token from its logits; every row has its own settings and its own random numbers.

A row's random numbers come from its seed and its index alone, so the same request gives the same answers
whatever else is in the batch.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Nucleus sampling looks among this many likeliest tokens first; the whole vocabulary is sorted only if they
# fall short.
_FEW = 256
# The largest point to invert at: in single precision a larger one is 1, behind the last possible token.
_ALMOST_ONE = 1 - 2**-22


@dataclass(slots=True)
class Sampling:
    """One row's settings, its random numbers, and what it has said so far."""

    temperature: float
    top_p: float
    random: random.Random
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    bias: Mapping[int, float] = field(default_factory=dict)
    said: Counter[int] = field(default_factory=Counter)

    @property
    def shifts(self) -> bool:
        """Whether the logits are changed before anything else."""
        return bool(self.bias or self.frequency_penalty or self.presence_penalty)


def choose(logits: Any, rows: Sequence[Sampling]) -> list[int]:
    """The next token of each row; logits are [rows, vocabulary] and stay as they are."""
    import torch

    if any(row.shifts for row in rows):
        logits = _shifted(logits, rows)
    chosen: list[int] = logits.argmax(-1).tolist()
    drawn = [number for number, row in enumerate(rows) if row.temperature > 0]
    if drawn:
        heat = torch.tensor([rows[number].temperature for number in drawn], device=logits.device)
        picked = logits if len(drawn) == len(rows) else logits[torch.tensor(drawn, device=logits.device)]
        scaled = torch.softmax(picked / heat[:, None], dim=-1)
        for number, token in zip(drawn, _draw(scaled, [rows[number] for number in drawn]), strict=True):
            chosen[number] = token
    for row, token in zip(rows, chosen, strict=True):
        row.said[token] += 1
    return chosen


def _shifted(logits: Any, rows: Sequence[Sampling]) -> Any:
    """Penalties and biases, as the API defines them."""
    import torch

    shifted = logits.clone()
    for number, row in enumerate(rows):
        for token, count in row.said.items() if row.frequency_penalty or row.presence_penalty else ():
            shifted[number, token] -= count * row.frequency_penalty + row.presence_penalty
        known = {token: bias for token, bias in row.bias.items() if 0 <= token < logits.shape[-1]}
        if known:
            shifted[number, list(known)] += torch.tensor(list(known.values()), device=logits.device)
    return shifted


def _draw(probabilities: Any, rows: Sequence[Sampling]) -> list[int]:
    """One token per row, by inverting the cumulated probabilities at a random number."""
    import torch

    points = [min(row.random.random(), _ALMOST_ONE) for row in rows]
    tokens = [0] * len(rows)
    plain = [number for number, row in enumerate(rows) if row.top_p >= 1]
    if plain:
        sums = probabilities[torch.tensor(plain, device=probabilities.device)].cumsum(-1)
        wanted = (
            torch.tensor([points[number] for number in plain], device=sums.device)[:, None] * sums[:, -1:]
        )
        found = torch.searchsorted(sums, wanted, right=True)[:, 0].clamp_(max=sums.shape[-1] - 1)
        for number, token in zip(plain, found.tolist(), strict=True):
            tokens[number] = token
    for number, row in enumerate(rows):
        if row.top_p < 1:
            tokens[number] = _nucleus(probabilities[number], row.top_p, points[number])
    return tokens


def _nucleus(probabilities: Any, top_p: float, point: float) -> int:
    """A token among the likeliest that together reach `top_p` (always at least one)."""
    import torch

    values, order = torch.topk(probabilities, min(_FEW, probabilities.shape[-1]))
    if float(values.sum()) < top_p:
        values, order = torch.sort(probabilities, descending=True)
    sums = values.cumsum(-1)
    count = int((sums < top_p).sum()) + 1
    sums = sums[:count]
    place = int(torch.searchsorted(sums, sums[-1:] * point, right=True))
    return int(order[min(place, len(sums) - 1)])
