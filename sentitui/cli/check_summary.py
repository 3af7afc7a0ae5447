"""The last lines of a check: how many tokens, and what training on them costs."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.config import load_settings, paths
from sentitui.dataset.counting import counter_for
from sentitui.dataset.prices import Price, price_of
from sentitui.dataset.profiles import Profile
from sentitui.dataset.report import Report
from sentitui.dataset.tokens import Estimate, estimate_file
from sentitui.errors import DatasetError

_SMALL = 2_000_000
"""Bytes that are counted in full: about a tenth of a second. More is estimated from a seeded sample."""

_PIECES = 32
"""Of 32 KB each: an interval of about one per cent, in a tenth of a second."""

_MOST_MODELS = 3


def summary(report: Report, profile: Profile) -> Iterator[str]:
    """Tokens of a file, exact or estimated (which of the two is said), and the price of an epoch."""
    if not report.examples:
        return
    counter = counter_for(profile)
    try:
        estimate = estimate_file(report.path, counter, whole_file=_SMALL, pieces=_PIECES)
    except DatasetError:
        return  # the file went away, or no line can be counted: the diagnostics say what is wrong
    yield f"tokens: {_told(estimate)} ({counter.name})"
    prices = list(_prices(profile, estimate.total))
    if prices:
        yield f"cost of an epoch: {'; '.join(prices)}"


def _told(estimate: Estimate) -> str:
    if estimate.whole:
        return f"{estimate.total:,}, of which {estimate.trained:,} are trained on"
    half = (estimate.high - estimate.low) / 2
    return f"about {estimate.total:,} (± {half:,.0f}), estimated from {estimate.examples_read:,} examples"


def _prices(profile: Profile, tokens: int) -> Iterator[str]:
    settings = load_settings(paths().settings)
    seen: set[str] = set()
    for model in profile.contexts:
        price = price_of(profile.name, model, settings)
        if price is not None and len(seen) < _MOST_MODELS and model not in seen:
            seen.add(model)
            yield from _cost(price, tokens)


def _cost(price: Price, tokens: int) -> Iterator[str]:
    cost = price.training_cost(tokens, 1)
    if cost is not None:
        yield f"{price.model} ${cost:,.2f} (prices of {price.as_of})"
