"""The whole story, for real: real weights, the real engine, the real commands, as a new user runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sentitui.resources import data_file


def sentitui(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs one command with its own home; the fetched weights come from the user's shared cache."""
    env = {**os.environ, "SENTITUI_HOME": str(home)}
    command = [sys.executable, "-m", "sentitui", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh home; the engine that a test starts in it is ended with it."""
    place = tmp_path_factory.mktemp("home")
    yield place
    discovery = place / "engine" / "engine.json"
    if discovery.exists():
        os.kill(json.loads(discovery.read_text("utf-8"))["pid"], signal.SIGTERM)


@pytest.fixture(scope="module")
def story(home: Path) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """One `sentitui run` of the bundled sentiment set with default settings, and the JSON it wrote."""
    out = home / "run.json"
    train, test = data_file("sentiment", "train.jsonl"), data_file("sentiment", "test.jsonl")
    done = sentitui(home, "run", str(train), "--test", str(test), "--suffix", "tone", "--json", str(out))
    assert done.returncode == 0, done.stdout + done.stderr
    return done, json.loads(out.read_text("utf-8"))


def test_the_job_really_trained(story: tuple[Any, dict[str, Any]]) -> None:
    """The job succeeded, its loss fell by more than half, and the tuned model bears the suffix."""
    job = story[1]["job"]
    assert job["status"] == "succeeded"
    assert job["fine_tuned_model"].startswith("ft:smollm2-135m-instruct:local:tone:")
    assert job["trained_tokens"] > 1000
    assert len(job["losses"]) >= 20
    assert sum(job["losses"][-5:]) < 0.5 * sum(job["losses"][:5])


def test_tuned_holds_on_messages_it_never_saw(story: tuple[Any, dict[str, Any]]) -> None:
    """On the held-out test the tuned model is right, and in the right form, at least 95 times in 100."""
    tuned = next(one for one in story[1]["contenders"] if one["model"].startswith("ft:"))
    assert tuned["test_examples"] == 60
    assert tuned["label_accuracy"] >= 0.95
    assert tuned["format_accuracy"] >= 0.95


def test_base_wanders_where_tuned_holds(story: tuple[Any, dict[str, Any]]) -> None:
    """In ten tries at temperature 1 base gives more distinct answers than tuned; every try is counted."""
    base, tuned = sorted(story[1]["contenders"], key=lambda one: one["model"].startswith("ft:"))
    assert base["distinct_mean"] > tuned["distinct_mean"]
    assert tuned["agreement"] > base["agreement"]
    for contender in (base, tuned):
        assert contender["prompts"] == 6
        assert contender["repeats"] == 10
        assert [sum(variant["count"] for variant in tally["variants"]) for tally in contender["tallies"]] == [
            10
        ] * 6


def test_both_were_asked_with_the_training_system_prompt(story: tuple[Any, dict[str, Any]]) -> None:
    """Base and tuned get the system prompt that the training file uses, word for word."""
    first = json.loads(data_file("sentiment", "train.jsonl").read_text("utf-8").split("\n", 1)[0])
    assert {one["system_prompt"] for one in story[1]["contenders"]} == {first["messages"][0]["content"]}


def test_what_was_measured_is_what_was_shown(story: tuple[Any, dict[str, Any]]) -> None:
    """The table on the terminal names both models and the measured accuracies of the JSON."""
    done, report = story
    for contender in report["contenders"]:
        assert contender["model"] in done.stdout
        assert f"{contender['label_accuracy']:.1%}" in done.stdout


def test_the_tuned_model_stays_after_the_command(home: Path, story: tuple[Any, dict[str, Any]]) -> None:
    """The engine outlives the command that started it, and `sentitui jobs` lists the finished job."""
    listed = sentitui(home, "jobs", "--json")
    assert listed.returncode == 0, listed.stderr
    assert story[1]["job"]["id"] in listed.stdout
