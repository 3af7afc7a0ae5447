"""What a launch will take: tokens, price, time, and what is about to close. Asks nobody.

Tokens and prices are the dataset's figures; time comes from jobs that this history saw at the same provider
with the same base model. What is not known is None, never guessed.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from sentitui.config import Settings
from sentitui.dataset import profiles
from sentitui.dataset.auto import engine_plan
from sentitui.dataset.counting import counter_for, is_own
from sentitui.dataset.prices import Price, base_model, closing_dates, price_of
from sentitui.dataset.statistics import auto_epochs, file_statistics, training_cost
from sentitui.history import History, StoredJob
from sentitui.providers.provider import Provider

_JOBS = 5  # earlier jobs that the speed is taken from


@dataclass(frozen=True, slots=True)
class Forecast:
    """What training should take. `usd` is None without a price; `seconds` None without earlier jobs, of which
    `jobs` were looked at; `exact` says whether the tokens were counted by the model's own tokenizer; `notes`
    are dates."""

    examples: int
    epochs: int
    tokens: int
    exact: bool
    usd: float | None
    priced: datetime.date | None
    seconds: float | None
    jobs: int
    notes: tuple[str, ...]


def forecast(
    file: Path,
    provider: Provider,
    model: str,
    epochs: int | None,
    *,
    history: History,
    settings: Settings,
    today: datetime.date,
) -> Forecast:
    """The figures for one file; `epochs` None means what "auto" will be. Raises DatasetError, ConfigError."""
    profile = profiles.profile(provider.profile)
    counter = counter_for(profile)
    found = file_statistics(file, counter)
    passes = epochs or _auto_epochs(provider, found.examples)
    price = price_of(provider.name, model, settings)
    cost = training_cost(found.tokens, passes, price)
    rate, jobs = speed(history, provider, model)
    return Forecast(
        found.examples,
        passes,
        cost.tokens,
        found.exact and found.tokens.whole and is_own(counter, profile),
        cost.usd,
        price.as_of if price and cost.usd is not None else None,
        cost.tokens / rate if rate else None,
        jobs,
        closing_notes(provider, price, today),
    )


def _auto_epochs(provider: Provider, examples: int) -> int:
    return engine_plan(max(1, examples))[0] if provider.is_engine else auto_epochs(examples)


def speed(history: History, provider: Provider, model: str) -> tuple[float | None, int]:
    """Trained tokens per second over the newest succeeded jobs of that base model there, and how many they
    were."""
    tokens = seconds = 0.0
    used = 0
    for job in history.jobs():
        if used == _JOBS:
            break
        if job.provider != provider.name or base_model(str(job.data.get("model"))) != base_model(model):
            continue
        trained, took = job.data.get("trained_tokens"), _training_seconds(history, job)
        if isinstance(trained, int) and trained > 0 and took > 0:
            tokens, seconds, used = tokens + trained, seconds + took, used + 1
    return (tokens / seconds if used else None), used


def closing_notes(provider: Provider, price: Price | None, today: datetime.date) -> tuple[str, ...]:
    """The dates that matter for a launch today: the model's end, and the provider's next closing."""
    notes = []
    if price is not None and price.tariff.ends is not None:
        verb = "was" if price.is_closed(today) else "will be"
        notes.append(f"{price.model} {verb} shut down on {price.tariff.ends}, with its tuned models.")
    ahead = [each for each in closing_dates(provider.name) if each.date > today]
    if ahead:
        notes.append(f"From {ahead[0].date}: {ahead[0].what}.")
    return tuple(notes)


def _training_seconds(history: History, job: StoredJob) -> float:
    """From the first step to the end; 0 when the job did not succeed or the times are not known."""
    finished = job.data.get("finished_at")
    if job.data.get("status") != "succeeded" or not isinstance(finished, int):
        return 0.0
    first = history.first_step(job.provider, job.id)
    began = first.get("created_at") if first else job.created_at
    return float(finished - began) if isinstance(began, int) else 0.0
