"""What a launch will take, from counted tokens, dated prices and earlier jobs."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from sentitui.config import Settings
from sentitui.dataset.auto import engine_plan
from sentitui.history import History
from sentitui.providers.provider import ENGINE, Provider
from sentitui.resources import data_file
from sentitui.tuning.estimate import forecast, speed
from tests.fakes.openai_server import event, job

TRAIN = data_file("sentiment", "train.jsonl")
OPENAI = Provider("openai")
TODAY = datetime.date(2026, 11, 24)


@pytest.fixture
def history(tmp_path: Path) -> History:
    """An empty history."""
    return History(tmp_path / "history.sqlite")


def test_price_and_closing_dates_are_known_before_launch(history: History) -> None:
    """Tokens are exact for OpenAI's models; the price has its date; the model's end is said."""
    found = forecast(
        TRAIN, OPENAI, "gpt-4o-mini-2024-07-18", None, history=history, settings=Settings(), today=TODAY
    )
    assert (found.examples, found.epochs, found.exact) == (60, 3, True)
    assert found.usd == pytest.approx(3.0 * found.tokens / 1e6)
    assert found.priced is not None
    assert any("2027-01-14" in note for note in found.notes)
    assert any("2027-01-06" in note for note in found.notes)
    assert found.seconds is None


def test_what_is_not_known_is_not_guessed(history: History) -> None:
    """An unlisted provider has no price and no dates."""
    found = forecast(TRAIN, Provider("unlisted"), "m", 2, history=history, settings=Settings(), today=TODAY)
    assert (found.epochs, found.usd, found.priced, found.notes) == (2, None, None, ())


def test_time_is_that_of_earlier_jobs(history: History) -> None:
    """Tokens per second from first step to end, of succeeded jobs of the same base model there."""
    for number, (model, status) in enumerate([("m", "succeeded"), ("m", "failed"), ("other", "succeeded")]):
        name = f"ftjob-{number}"
        history.save_job(
            "p", job(name, status, model=model, trained_tokens=1000, created_at=0, finished_at=300)
        )
        history.add_events(
            "p", name, [event(1, created_at=50), event(2, created_at=100, step=1, train_loss=1)]
        )
    assert speed(history, Provider("p"), "ft:m:local:x:1") == (5.0, 1)
    assert speed(history, Provider("q"), "m") == (None, 0)


def test_the_engine_will_do_what_was_announced(history: History) -> None:
    """`auto` means the engine's own four epochs there, not OpenAI's three."""
    engine = Provider(ENGINE, is_engine=True)
    found = forecast(TRAIN, engine, "m", None, history=history, settings=Settings(), today=TODAY)
    assert found.epochs == engine_plan(60)[0] == 4
