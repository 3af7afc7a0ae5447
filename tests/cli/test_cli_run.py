"""`sentitui run` against a scripted provider: what it does, says, writes and returns."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sentitui.cli.main import main
from sentitui.errors import HistoryError
from sentitui.resources import data_file
from tests.fakes.openai_server import OpenAIServer, event, job, problem

TRAIN = data_file("sentiment", "train.jsonl")
TEST = data_file("sentiment", "test.jsonl")
TUNED = "ft:base:local:x:1"


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenAIServer]:
    """A provider whose base model chats and whose tuned model classifies."""
    monkeypatch.setenv("SENTITUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MY_KEY", "secret")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    async with OpenAIServer(key="secret") as each:
        each.on_poll = lambda job_id: trained(each, job_id)
        each.answer = answer
        yield each


def trained(server: OpenAIServer, job_id: str) -> None:
    """The job is done when first looked at."""
    if server.jobs[job_id]["status"] != "queued":
        return
    server.jobs[job_id] |= job(job_id, "succeeded", fine_tuned_model=TUNED)
    steps = [event(n + 1, f"Step {n}/4", step=n, total_steps=4, train_loss=1 / n) for n in range(1, 5)]
    server.events[job_id] = [event(1, "Created fine-tuning job: \x1b[2Jftjob-1"), *steps, event(9, "Done")]
    server.models.append(TUNED)


def answer(body: dict[str, Any], index: int) -> str:
    """Base is right in the wrong form; tuned knows the test file, letter for letter."""
    expected = {}
    for line in TEST.read_text("utf-8").splitlines():
        *_, user, label = json.loads(line)["messages"]
        expected[user["content"]] = label["content"]
    label = expected.get(body["messages"][-1]["content"], "Positive")
    return label if body["model"] == TUNED else f"The sentiment is {label.lower()}."


async def sentitui(*words: str) -> int:
    """Runs a command line beside the server's loop."""
    return await asyncio.to_thread(main, words)


def options(server: OpenAIServer) -> list[str]:
    """How the commands reach the server."""
    return ["--base-url", server.base_url, "--api-key-env", "MY_KEY", "--model", "base"]


async def test_the_whole_story(
    server: OpenAIServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Check, upload, job, events, then base and tuned side by side; the JSON holds what was measured."""
    out = tmp_path / "out.json"
    words = ["run", str(TRAIN), "--test", str(TEST), *options(server), "--repeats", "3", "--prompts", "6"]
    status = await sentitui(*words, "--suffix", "tone", "--epochs", "2", "--seed", "7", "--json", str(out))
    said = capsys.readouterr()
    assert status == 0, said.err
    assert server.files["file-1"] == TRAIN.read_bytes()
    created = next(
        call.json for call in server.calls if call.method == "POST" and call.path.endswith("/jobs")
    )
    assert created["suffix"] == "tone"
    assert created["seed"] == 7
    assert created["method"] == {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2}}}
    written = json.loads(out.read_text("utf-8"))
    assert written["check"]["examples"] == 60
    assert written["check"]["errors"] == 0
    assert written["job"]["fine_tuned_model"] == TUNED
    assert written["job"]["losses"] == [1, 1 / 2, 1 / 3, 1 / 4]
    base, tuned = written["contenders"]
    assert (base["name"], tuned["name"], tuned["model"]) == ("base", "tuned", TUNED)
    assert (base["label_accuracy"], base["format_accuracy"], base["test_examples"]) == (1.0, 0.0, 60)
    assert (tuned["label_accuracy"], tuned["format_accuracy"], tuned["agreement"]) == (1.0, 1.0, 1.0)
    assert base["system_prompt"] == tuned["system_prompt"] != ""
    assert [sum(variant["count"] for variant in each["variants"]) for each in base["tallies"]] == [3] * 6
    assert len({each["expected"] for each in tuned["tallies"]}) == 3
    assert "\x1b" not in said.out
    assert "Created fine-tuning job: ␛[2Jftjob-1" in said.out
    assert all(len(line) <= 80 for line in said.out.splitlines())


async def test_both_are_asked_with_the_training_system_prompt(server: OpenAIServer) -> None:
    """Every test prompt goes once at temperature 0, the chosen ones at 1, all with the training system
    prompt."""
    assert await sentitui("run", str(TRAIN), "--test", str(TEST), *options(server), "--repeats", "2") == 0
    asked = [call.json for call in server.calls if call.path.endswith("/completions")]
    system = json.loads(TRAIN.read_text("utf-8").splitlines()[0])["messages"][0]["content"]
    assert {each["messages"][0]["content"] for each in asked} == {system}
    assert sum(each["temperature"] == 0 for each in asked) == 120
    assert sum(each["temperature"] == 1 for each in asked) == 2 * 6 * 2
    assert {each["max_completion_tokens"] for each in asked} == {24}


async def test_without_a_test_file_accuracy_is_not_claimed(
    server: OpenAIServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Prompts then come from the training file, and both facts are said."""
    out = tmp_path / "out.json"
    assert await sentitui("run", str(TRAIN), *options(server), "--repeats", "2", "--json", str(out)) == 0
    said = capsys.readouterr().out
    assert "Accuracy was not measured" in said
    assert "stand in the training file" in said
    assert {each["label_accuracy"] for each in json.loads(out.read_text("utf-8"))["contenders"]} == {None}


async def test_test_prompts_that_were_trained_on_are_told(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Testing on the training file is possible, but it is not passed off as held-out accuracy."""
    assert await sentitui("run", str(TRAIN), "--test", str(TRAIN), *options(server), "--repeats", "1") == 0
    assert "60 of 60 test prompts stand in the training file" in capsys.readouterr().out


async def test_a_failed_job_says_why_and_asks_nothing(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server's reason is shown, the status is 1, no model is asked."""
    error = {
        "code": "invalid_n_examples",
        "message": "Training file has 7 example(s)",
        "param": "training_file",
    }
    server.on_poll = lambda job_id: server.jobs.update({job_id: job(job_id, "failed", error=error)})
    assert await sentitui("run", str(TRAIN), *options(server)) == 1
    assert "Training file has 7 example(s)" in capsys.readouterr().err
    assert not any(call.path.endswith("/completions") for call in server.calls)


async def test_answers_that_fail_are_told_and_end_in_a_status(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A tuned model that cannot be asked leaves base's figures standing; the command fails."""

    def fault(call: Any, reply: Any) -> Any:
        failing = call.path.endswith("/completions") and call.json["model"] == TUNED
        return problem(400, "no \x1b]0;such thing", "nope") if failing else reply

    server.fault = fault
    assert await sentitui("run", str(TRAIN), "--test", str(TEST), *options(server), "--repeats", "2") == 1
    said = capsys.readouterr().out
    assert "100.0% (60/60)" in said
    assert "failed    72 of 144 answers" in said
    assert "\x1b" not in said


async def test_leaving_says_how_to_come_back(server: OpenAIServer, tmp_path: Path) -> None:
    """Ctrl+C ends the command, not the job; `watch` then finds the job by its id alone."""
    server.on_poll = lambda job_id: None
    command = [sys.executable, "-m", "sentitui", "run", str(TRAIN), *options(server)]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    assert process.stdout is not None
    said = []
    while line := await process.stdout.readline():
        said.append(line.decode())
        if line.startswith(b"job "):
            process.send_signal(signal.SIGINT)
    assert await process.wait() == 130
    assert "  follow it:  sentitui watch ftjob-1\n" in said
    assert not any(path.endswith("/cancel") for path in server.paths())
    trained(server, "ftjob-1")
    assert await sentitui("watch", "ftjob-1", "--exit-status") == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "/nowhere.jsonl"], "/nowhere.jsonl"),
        (["run", str(TRAIN), "--provider", "nobody"], "nobody"),
        (["run", str(TRAIN), "--json", "/nowhere/out.json"], "/nowhere/out.json"),
        (["run", str(TRAIN), "--base-url", "ftp://x"], "ftp://x"),
    ],
)
async def test_bad_input_is_one_clear_message(
    server: OpenAIServer, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot work is said at once, with what to do, before anything is uploaded."""
    assert await sentitui(*words) == 1
    said = capsys.readouterr().err
    assert told in said
    assert len(said.splitlines()) <= 3
    assert server.calls == []


async def test_a_wrong_key_names_the_variable(
    server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A refused key ends with the name of the variable it came from, and not with the key."""
    monkeypatch.setenv("MY_KEY", "wr0ng")
    assert await sentitui("run", str(TRAIN), *options(server)) == 1
    said = capsys.readouterr().err
    assert "MY_KEY" in said
    assert "wr0ng" not in said


async def test_a_full_disk_does_not_hide_the_job(
    server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When nothing can be kept any more, the job that exists is named, and how to come back to it."""

    def full(*words: object) -> None:
        raise HistoryError("database or disk is full")

    server.on_poll = lambda job_id: None
    monkeypatch.setattr("sentitui.history.History.save_job", full)
    assert await sentitui("run", str(TRAIN), *options(server)) == 1
    said = capsys.readouterr()
    assert "sentitui watch ftjob-1" in said.out
    assert "disk is full" in said.err


async def test_why_a_job_failed_is_told_once(
    server: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last event and the job say the same; other errors on the way are shown."""
    reason = "The weights cannot be fetched."

    def fail(job_id: str) -> None:
        server.jobs[job_id] = job(job_id, "failed", error={"code": "x", "message": reason, "param": None})
        troubles = [event(2, "A hiccup") | {"level": "error"}, event(3, reason) | {"level": "error"}]
        server.events[job_id] = [event(1), *troubles]

    server.on_poll = fail
    assert await sentitui("run", str(TRAIN), *options(server)) == 1
    said = capsys.readouterr()
    assert (said.out + said.err).count(reason) == 1
    assert "A hiccup" in said.out
