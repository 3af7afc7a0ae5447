"""Prices: what the shipped table says, how models are found in it, and what the settings may say over it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from sentitui.config import Settings, load_settings
from sentitui.dataset.prices import base_model, billed_tokens, closing_dates, price_of
from sentitui.errors import ConfigError

MINI = "gpt-4o-mini-2024-07-18"


def test_training_cost_is_the_guides_example() -> None:
    """100,000 tokens for three epochs cost 0.90 USD on gpt-4o-mini, as OpenAI's guide computes it."""
    price = price_of("openai", MINI)
    assert price is not None
    assert price.training_cost(100_000, 3) == pytest.approx(0.90)


def test_every_price_says_how_old_it_is_and_where_it_comes_from() -> None:
    """A price carries its date and its source."""
    for provider, model in [("openai", MINI), ("nebius", "any/model"), ("azure", "gpt-4.1"), ("engine", "x")]:
        price = price_of(provider, model)
        assert price is not None
        assert price.as_of == datetime.date(2026, 11, 23)
        assert price.source


@pytest.mark.parametrize(
    ("model", "base"),
    [
        (f"ft:{MINI}:acme:mood:AbC123", MINI),
        (f"ft:{MINI}", MINI),
        (f"{MINI}.ft-0e208cf33a6a466994aff31a08aba678-mood", MINI),
        ("meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B-Instruct"),
    ],
)
def test_a_tuned_models_id_names_its_base(model: str, base: str) -> None:
    """OpenAI's and Azure's ways to name a tuned model both lead to the base model."""
    assert base_model(model) == base


def test_an_alias_finds_the_dated_model() -> None:
    """`gpt-4o-mini` costs what its dated snapshot costs."""
    alias, dated = price_of("openai", "gpt-4o-mini"), price_of("openai", MINI)
    assert alias is not None
    assert dated is not None
    assert alias.tariff == dated.tariff


def test_an_unlisted_model_has_no_price() -> None:
    """Nothing is guessed: an unknown model or provider is None."""
    assert price_of("openai", "gpt-99") is None
    assert price_of("nowhere", MINI) is None


def test_training_by_the_hour_has_no_price_per_token() -> None:
    """o4-mini is billed by the hour, so a token count gives no cost."""
    price = price_of("openai", "o4-mini-2025-04-16")
    assert price is not None
    assert price.training_cost(1_000, 1) is None
    assert price.tariff.training_per_hour == 100.0


def test_the_engine_costs_nothing() -> None:
    """Training and asking on the user's own machine are free, whatever the model is called."""
    price = price_of("engine", "ft:smollm2-135m-instruct:local:mood:0123abcd")
    assert price is not None
    assert price.training_cost(10**9, 10) == 0
    assert price.asking_cost(1_000, 1_000, tuned=True) == 0


def test_asking_counts_cached_prompt_tokens_at_their_own_rate() -> None:
    """Of a tuned model's prompt the cached part costs the cached rate."""
    price = price_of("openai", MINI)
    assert price is not None
    cost = price.asking_cost(1_000_000, 1_000_000, cached=400_000, tuned=True)
    assert cost == pytest.approx(0.6 * 0.30 + 0.4 * 0.15 + 1.20)


def test_asking_without_known_rates_has_no_cost() -> None:
    """Where inference rates are not listed the cost is None, not zero."""
    price = price_of("nebius", "meta-llama/Llama-3.1-8B-Instruct")
    assert price is not None
    assert price.asking_cost(10, 10, tuned=False) is None


def test_models_close_on_their_day() -> None:
    """A model is open the day before its end and closed from that day on."""
    price = price_of("openai", MINI)
    assert price is not None
    assert not price.is_closed(datetime.date(2027, 1, 13))
    assert price.is_closed(datetime.date(2027, 1, 14))


def test_closing_dates_are_in_order() -> None:
    """A provider's closing dates come earliest first; one without any has none."""
    dates = [closing.date for closing in closing_dates("openai")]
    assert dates == sorted(dates)
    assert datetime.date(2027, 1, 6) in dates
    assert closing_dates("engine") == ()


def test_each_example_is_billed_up_to_the_context() -> None:
    """A longer example is cut at the context; without a limit every token counts."""
    assert billed_tokens([10, 100, 50], 60) == 10 + 60 + 50
    assert billed_tokens([10, 100, 50], None) == 160


def test_settings_stand_over_the_table(tmp_path: Path) -> None:
    """The settings change the fields they name, by the dated name or the alias, and the price tells which."""
    file = tmp_path / "config.toml"
    file.write_text('[app.prices.openai."gpt-4o-mini-2024-07-18"]\ntraining = 4\n')
    price = price_of("openai", f"ft:{MINI}:a:b:c", load_settings(file))
    assert price is not None
    assert price.tariff.training == 4
    assert price.tariff.tuned.output == 1.2
    assert price.changed == ("training",)


def test_settings_may_price_what_is_not_listed() -> None:
    """A model of a provider that the table does not know can be priced in the settings."""
    settings = Settings(app={"prices": {"mine": {"llama": {"training": 0.5, "ends": "2030-01-01"}}}})
    price = price_of("mine", "llama", settings)
    assert price is not None
    assert price.source == "your settings"
    assert price.tariff.ends == datetime.date(2030, 1, 1)
    assert price_of("mine", "other", settings) is None


@pytest.mark.parametrize(
    "table", [3, {"openai": 3}, {"openai": {"x": {"trainning": 3}}}, {"openai": {"x": {"training": "a"}}}]
)
def test_senseless_prices_in_the_settings_are_refused(table: object) -> None:
    """A wrong type or an unknown field in [app.prices] is one clear error."""
    with pytest.raises(ConfigError, match=r"app\.prices"):
        price_of("openai", MINI, Settings(app={"prices": table}))
