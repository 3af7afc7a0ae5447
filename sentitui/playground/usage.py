"""What answers took: tokens, time, and price by the dated list. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sentitui.dataset.prices import Price, base_model
from sentitui.playground.run import Completion


@dataclass(frozen=True, slots=True)
class Usage:
    """Means per answer; `median` and `p95` are seconds per answer. All 0 when nothing was answered."""

    answers: int
    prompt_tokens: float
    completion_tokens: float
    median: float
    p95: float


def usage(completions: Sequence[Completion]) -> Usage:
    """The figures of one contender's completions; failed ones are left out."""
    good = [each for each in completions if not each.error]
    if not good:
        return Usage(0, 0.0, 0.0, 0.0, 0.0)
    times = sorted(each.seconds for each in good)
    return Usage(
        len(good),
        sum(each.prompt_tokens for each in good) / len(good),
        sum(each.completion_tokens for each in good) / len(good),
        times[(len(times) - 1) // 2],
        times[math.ceil(0.95 * len(times)) - 1],
    )


def usd_per_1000(found: Usage, price: Price | None, model: str) -> float | None:
    """The price of 1,000 such calls in USD; None without a price or without counted tokens."""
    if price is None or not found.answers or not found.prompt_tokens:
        return None
    tokens = round(found.prompt_tokens * 1000), round(found.completion_tokens * 1000)
    return price.asking_cost(*tokens, tuned=base_model(model) != model)
