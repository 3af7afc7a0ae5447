"""What training and asking cost: dated prices and closing dates, read from `data/prices.json`.

Prices are data with a date and a source, never code, and the settings stand over them: in `[app.prices]`, for
example `[app.prices.openai."gpt-4.1-mini-2025-04-14"]` with `training = 4.0`. What is not listed has no
price; nothing is guessed. Knows no provider's API and asks nobody.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from sentitui.config import Settings
from sentitui.errors import ConfigError
from sentitui.resources import data_file

ANY_MODEL = "*"
_FT_ID = re.compile(r"ft:([^:]+)(?::.*)?", re.DOTALL)
_AZURE_FT_ID = re.compile(r"(.+?)\.ft-.+", re.DOTALL)


class Rates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """USD per million tokens of inference; None where no price is known."""

    input: float | None = None
    cached: float | None = None
    output: float | None = None


class Closing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day on which a provider stops offering something."""

    date: datetime.date
    what: str


class Tariff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is listed for one model: `training` in USD per million trained tokens, `*_per_hour` in USD."""

    aliases: tuple[str, ...] = ()
    training: float | None = None
    training_per_hour: float | None = None
    hosting_per_hour: float | None = None
    tuned: Rates = Rates()
    base: Rates = Rates()
    ends: datetime.date | None = None
    unconfirmed: tuple[str, ...] = ()
    """The fields that no primary source confirms, as dotted names."""


class _Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    models: dict[str, Tariff]
    closing: tuple[Closing, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    currency: str
    unit: str
    as_of: datetime.date
    providers: dict[str, _Provider]


@dataclass(frozen=True, slots=True)
class Price:
    """A model's tariff at a provider, its age and origin; `changed` names what the settings say instead."""

    provider: str
    model: str
    tariff: Tariff
    as_of: datetime.date
    source: str
    changed: tuple[str, ...] = ()

    def is_closed(self, today: datetime.date) -> bool:
        """Whether the model is shut down on that day."""
        return self.tariff.ends is not None and today >= self.tariff.ends

    def training_cost(self, tokens: int, epochs: int) -> float | None:
        """USD for training a file of `tokens` for `epochs`; None where training has no price per token.

        price / 1,000,000 x tokens x epochs, each example cut at the model's context beforehand
        (`billed_tokens`); validation tokens are free (OpenAI's fine-tuning guide: 100,000 tokens x
        3 epochs at 3.00 = 0.90).
        """
        if self.tariff.training is None:
            return None
        return self.tariff.training * tokens * epochs / 1e6

    def asking_cost(self, prompt: int, completion: int, *, cached: int = 0, tuned: bool) -> float | None:
        """USD for one request's tokens, `cached` of the prompt's among them; None where a price is not known.

        Cached tokens without a price of their own cost what other input costs.
        """
        rates = self.tariff.tuned if tuned else self.tariff.base
        if rates.input is None or rates.output is None:
            return None
        cached_rate = rates.input if rates.cached is None else rates.cached
        return ((prompt - cached) * rates.input + cached * cached_rate + completion * rates.output) / 1e6


def price_of(provider: str, model: str, settings: Settings | None = None) -> Price | None:
    """The price of a base or tuned model at a provider, the settings' word first; None when not listed.

    A tuned model's id (`ft:BASE:...`, Azure's `BASE.ft-...`) and an alias without its date find the base.
    Raises ConfigError when `[app.prices]` in the settings makes no sense.
    """
    base = base_model(model)
    listed = _prices().providers.get(provider)
    name = _listed_name(listed.models, base) if listed else None
    changes = _changes(settings, provider, (base, name or base, ANY_MODEL)) if settings else {}
    if listed and name is not None:
        tariff, source = listed.models[name], listed.source
    elif changes:
        tariff, source = Tariff(), "your settings"
    else:
        return None
    tariff = msgspec.structs.replace(tariff, **changes)
    return Price(provider, base, tariff, _prices().as_of, source, tuple(sorted(changes)))


def closing_dates(provider: str) -> tuple[Closing, ...]:
    """The days on which this provider stops offering something, earliest first; none known: empty."""
    listed = _prices().providers.get(provider)
    return listed.closing if listed else ()


def billed_tokens(tokens: Iterable[int], context: int | None) -> int:
    """The tokens of a file as trained: each example counts up to the model's context, if it has one."""
    return sum(tokens) if context is None else sum(min(each, context) for each in tokens)


def base_model(model: str) -> str:
    """The base model's id inside a tuned model's id; any other id as it is."""
    found = _FT_ID.fullmatch(model) or _AZURE_FT_ID.fullmatch(model)
    return found[1] if found else model


@cache
def _prices() -> _File:
    return msgspec.json.decode(data_file("prices.json").read_bytes(), type=_File)


def _listed_name(models: Mapping[str, Tariff], model: str) -> str | None:
    if model in models:
        return model
    aliased = (name for name, tariff in models.items() if model in tariff.aliases)
    return next(aliased, ANY_MODEL if ANY_MODEL in models else None)


def _changes(settings: Settings, provider: str, names: tuple[str, ...]) -> dict[str, Any]:
    """The tariff fields that the settings give for a model, by the first of its names that they know."""
    raw = settings.app.get("prices", {})
    try:
        checked = msgspec.convert(raw, type=dict[str, dict[str, Tariff]])
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"The settings' [app.prices] make no sense: {error}",
            'Write, for example, [app.prices.openai."gpt-4.1-mini-2025-04-14"] with training = 4.0 below it.',
        ) from error
    models = checked.get(provider, {})
    name = next((each for each in names if each in models), None)
    return {} if name is None else {field: getattr(models[name], field) for field in raw[provider][name]}
