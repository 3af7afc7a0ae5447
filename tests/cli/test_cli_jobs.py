"""The headless commands on jobs: tune, watch, jobs, cancel, pause, resume."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sentitui.cli.main import main
from sentitui.resources import data_file
from tests.fakes.openai_server import DROP, OpenAIServer, event, job, problem

TRAIN = str(data_file("sentiment", "train.jsonl"))
JOB = "ftjob-1"


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenAIServer]:
    """A provider with one job of 30 events that has succeeded; commands have a fresh home."""
    monkeypatch.setenv("SENTITUI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    async with OpenAIServer() as each:
        each.jobs[JOB] = job(JOB, "succeeded")
        each.events[JOB] = [event(n, created_at=n // 3) for n in range(1, 31)]
        yield each


async def sentitui(*words: str) -> int:
    """Runs a command line beside the server's loop."""
    return await asyncio.to_thread(main, words)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was printed, as JSON lines."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


async def test_watch_prints_every_event_once_and_last_the_job(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line each, oldest first, the API's own objects; a second watcher sees the same."""
    for _ in range(2):
        assert await sentitui("watch", JOB, "--json", "--exit-status", "--base-url", server.base_url) == 0
        assert lines(capsys) == [*server.events[JOB], server.jobs[JOB]]


async def test_watch_goes_on_after_an_event(server: OpenAIServer, capsys: pytest.CaptureFixture[str]) -> None:
    """`--after` leaves out what was seen."""
    words = ["watch", JOB, "--json", "--base-url", server.base_url, "--after", "ftevent-000028"]
    assert await sentitui(*words) == 0
    assert [each["id"] for each in lines(capsys)] == ["ftevent-000029", "ftevent-000030", JOB]


@pytest.mark.parametrize(("status", "code"), [("succeeded", 0), ("failed", 1), ("cancelled", 3)])
async def test_the_exit_status_tells_how_it_ended(server: OpenAIServer, status: str, code: int) -> None:
    """0, 1 and 3 with `--exit-status`; without it, watching to the end is success."""
    server.jobs[JOB] = job(JOB, status)
    assert await sentitui("watch", JOB, "--json", "--exit-status", "--base-url", server.base_url) == code
    assert await sentitui("watch", JOB, "--base-url", server.base_url) == 0


async def test_a_job_once_seen_is_found_without_saying_where(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """After `tune`, the commands know the provider of a job by its id."""
    server.jobs.clear()
    server.on_create = lambda body: job(JOB, "running")
    assert (
        await sentitui("tune", TRAIN, "--base-url", server.base_url, "--model", "base", "--suffix", "x") == 0
    )
    assert f"sentitui watch {JOB}" in capsys.readouterr().out
    assert await sentitui("pause", JOB) == 0
    assert await sentitui("resume", JOB) == 0
    assert await sentitui("cancel", JOB) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{JOB} is paused",
        f"{JOB} is running",
        f"{JOB} is cancelled",
    ]
    assert await sentitui("watch", JOB, "--exit-status") == 3
    assert await sentitui("cancel", JOB) == 1
    assert "already completed" in capsys.readouterr().err


async def test_tune_can_watch_too(server: OpenAIServer, capsys: pytest.CaptureFixture[str]) -> None:
    """`--watch` follows the new job and ends as it ended."""
    error = {"code": "invalid_training_file", "message": "bad \x1b[1mline", "param": None}
    server.on_create = lambda body: job(JOB, "failed", error=error)
    words = ["tune", TRAIN, "--base-url", server.base_url, "--model", "base", "--watch"]
    assert await sentitui(*words, "--metadata", "a=b", "--epochs", "auto", "--validation", "file-9") == 1
    said = capsys.readouterr().out
    assert "failed" in said
    assert "bad ␛[1mline" in said
    created = next(call.json for call in server.calls if call.path.endswith("/jobs"))
    assert created["metadata"]["a"] == "b"
    assert created["validation_file"] == "file-9"
    assert "method" not in created


async def test_an_unknown_model_is_answered_with_the_known_ones(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """The refusal names some models that there are."""
    missing = problem(404, "The model `nope` does not exist", "model_not_found")
    server.fault = lambda call, reply: missing if call.method == "POST" and "jobs" in call.path else reply
    assert await sentitui("tune", TRAIN, "--base-url", server.base_url, "--model", "nope") == 1
    assert "There are: base" in capsys.readouterr().err


async def test_a_small_grid_is_queued_in_one_go(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lists of hyperparameters make a job of each combination, from one upload."""
    server.jobs.clear()
    words = ["tune", TRAIN, "--base-url", server.base_url, "--model", "base", "--epochs", "1,auto"]
    assert await sentitui(*words, "--learning-rate-multiplier", "0.5,2") == 0
    assert len(server.files) == 1
    sent = [call.json for call in server.calls if call.method == "POST" and call.path.endswith("/jobs")]
    chosen = [each["method"]["supervised"]["hyperparameters"] for each in sent]
    assert chosen == [
        {"n_epochs": 1, "learning_rate_multiplier": 0.5},
        {"n_epochs": 1, "learning_rate_multiplier": 2.0},
        {"learning_rate_multiplier": 0.5},
        {"learning_rate_multiplier": 2.0},
    ]
    assert capsys.readouterr().out.count("follow it") == 4


async def test_jobs_are_listed_live_and_from_history(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the provider reachable its jobs are fetched; afterwards they are known without it."""
    server.jobs["ftjob-2"] = job("ftjob-2", "running") | {"created_at": 3000}
    server.events["ftjob-2"] = [event(n, step=n, train_loss=1 / n, total_steps=9) for n in range(1, 5)]
    assert await sentitui("jobs", "--json", "--base-url", server.base_url) == 0
    live = lines(capsys)
    assert [(each["id"], each["status"], each["loss"]) for each in live] == [
        ("ftjob-2", "running", 0.25),
        (JOB, "succeeded", None),
    ]
    asked = len(server.calls)
    assert await sentitui("jobs", "--json", "--offline") == 0
    assert [each["id"] for each in lines(capsys)] == ["ftjob-2", JOB]
    assert len(server.calls) == asked
    assert await sentitui("jobs", "--offline") == 0
    assert "ftjob-2" in capsys.readouterr().out


async def test_an_unreachable_provider_leaves_the_list_standing(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be refreshed is shown as last seen, and that is said."""
    assert await sentitui("jobs", "--json", "--base-url", server.base_url) == 0
    capsys.readouterr()
    server.fault = lambda call, reply: DROP
    assert await sentitui("jobs", "--json", "--base-url", server.base_url) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["id"] == JOB
    assert "as last seen" in said.err
    assert len(said.err.splitlines()) == 1


async def test_a_provider_that_refuses_is_told_with_what_to_do(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong key is no empty list: the refusal and its hint are on stderr, the status is 1; jobs seen before
    are listed all the same."""
    words = ["jobs", "--base-url", server.base_url]
    server.key = "another"
    assert await sentitui(*words) == 1
    said = capsys.readouterr()
    assert "No jobs" not in said.out
    assert "Incorrect API key" in said.err
    assert "Is the key in OPENAI_API_KEY the right one" in said.err
    server.key = None
    assert await sentitui(*words) == 0
    server.key = "another"
    capsys.readouterr()
    assert await sentitui(*words) == 1
    said = capsys.readouterr()
    assert JOB in said.out
    assert "Incorrect API key" in said.err


async def test_a_missing_key_is_told_with_what_to_do(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing can be asked of a provider without its key."""
    assert await sentitui("jobs", "--provider", "openai") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "export OPENAI_API_KEY" in said.err


async def test_an_unreachable_provider_without_history_is_a_failure(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no job is known, not reaching the provider is all there is to say."""
    server.fault = lambda call, reply: DROP
    assert await sentitui("jobs", "--base-url", server.base_url) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "Cannot reach" in said.err


async def test_an_unknown_job_is_said_to_be_so(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped id ends with the server's words."""
    assert await sentitui("watch", "ftjob-nope", "--base-url", server.base_url) == 1
    assert "Could not find" in capsys.readouterr().err


async def test_an_empty_history_says_how_to_begin(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without jobs the list says what makes one."""
    assert await sentitui("jobs", "--offline") == 0
    assert "sentitui tune" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["--epochs", "0"],
        ["--epochs", "51"],
        ["--epochs", "many"],
        ["--suffix", "x" * 65],
        ["--metadata", "x"],
    ],
)
def test_values_out_of_range_are_wrong_usage(words: list[str]) -> None:
    """Ranges are checked before anything happens."""
    with pytest.raises(SystemExit) as ended:
        main(["tune", TRAIN, *words])
    assert ended.value.code == 2
