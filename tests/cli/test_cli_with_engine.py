"""The commands against the real engine server; only what needs a model is a double there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI

from sentitui.cli.main import main
from sentitui.history import History
from sentitui.providers.provider import KNOWN
from sentitui.resources import data_file
from sentitui.tuning.launch import LaunchRequest, launch
from sentitui.tuning.upload import PartRules
from tests.engine.engine_client import Engine, start

TRAIN = data_file("sentiment", "train.jsonl")
TEST = data_file("sentiment", "test.jsonl")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The commands' home; the engine's is inside it."""
    monkeypatch.setenv("SENTITUI_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def begin(home: Path) -> Iterator[Callable[[], Engine]]:
    """Starts the engine where the commands look for it; a second start follows a first one's end."""
    running: list[Engine] = []

    def begin() -> Engine:
        running.append(start(home / "engine"))
        return running[-1]

    yield begin
    for engine in running:
        engine.clean_up()


def raw(engine: Engine, path: str) -> Any:
    """What the engine answers to a GET, as JSON."""
    return engine.http("GET", path).json()


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was printed, as JSON lines."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def history_of(engine: Engine, job: str) -> list[dict[str, Any]]:
    """Every event of the job as the engine has it, oldest first."""
    events: list[dict[str, Any]] = raw(engine, f"/fine_tuning/jobs/{job}/events?limit=1000")["data"]
    return events[::-1]


def test_the_main_job_runs_on_the_engine(
    begin: Callable[[], Engine], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The running engine is found; upload, job, events, answers and figures are all there."""
    begin()
    out = home / "out.json"
    words = ["run", str(TRAIN), "--test", str(TEST), "--suffix", "tone", "--repeats", "3", "--json", str(out)]
    assert main(words) == 0
    written = json.loads(out.read_text("utf-8"))
    assert written["job"]["status"] == "succeeded"
    assert written["job"]["base_model"] == "smollm2-135m-instruct"
    assert written["job"]["fine_tuned_model"].startswith("ft:smollm2-135m-instruct:local:tone:")
    assert len(written["job"]["losses"]) == 12
    assert [each["test_examples"] for each in written["contenders"]] == [60, 60]
    assert "Step 12/12" in capsys.readouterr().out


def test_watchers_and_list_agree_with_the_engine(
    begin: Callable[[], Engine], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every event once, oldest first, as the engine's own objects; the list shows the job without asking."""
    engine = begin()
    assert main(["tune", str(TRAIN), "--epochs", "2"]) == 0
    capsys.readouterr()
    job = raw(engine, "/fine_tuning/jobs")["data"][0]["id"]
    for _ in range(2):
        assert main(["watch", job, "--json", "--exit-status"]) == 0
        assert printed(capsys) == [*history_of(engine, job), raw(engine, f"/fine_tuning/jobs/{job}")]
    assert main(["jobs", "--json"]) == 0
    (seen,) = printed(capsys)
    assert (seen["id"], seen["status"]) == (job, "succeeded")
    assert seen["loss"] is not None


def test_a_held_job_is_paused_resumed_and_cancelled(
    begin: Callable[[], Engine], capsys: pytest.CaptureFixture[str]
) -> None:
    """The three commands act on the engine's job; a cancelled job ends a watcher with 3."""
    engine = begin()
    job = engine.tune({"hold": 2})
    engine.saying(job, "Step 2/")
    assert main(["pause", job, "--json"]) == 0
    assert printed(capsys)[0]["id"] == job
    engine.release(job)
    assert main(["cancel", job]) == 0
    engine.ended(job)
    assert main(["watch", job, "--exit-status"]) == 3
    assert main(["resume", job]) == 1
    assert job in capsys.readouterr().out


def test_a_watcher_outlives_the_engine(
    begin: Callable[[], Engine], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The engine dies by kill -9 and comes back at another port: no event is lost or told twice."""
    engine = begin()
    job = engine.tune({"hold": 3})
    engine.saying(job, "Step 3/")

    async def story() -> int:
        watching = asyncio.create_task(asyncio.to_thread(main, ["watch", job, "--json", "--exit-status"]))
        known = History(home / "history.sqlite")
        while not await asyncio.to_thread(lambda: list(known.events("engine", job, 5))):
            assert not watching.done()
        known.close()
        engine.kill()
        again = await asyncio.to_thread(begin)
        again.release(job)
        return await watching

    assert asyncio.run(story()) == 0
    *told, last = printed(capsys)
    again = begin()
    assert told == history_of(again, job)
    assert last["status"] == "succeeded"


async def test_a_big_file_arrives_in_parts(begin: Callable[[], Engine], tmp_path: Path) -> None:
    """The engine puts the parts together, and the job is made from them."""
    engine = begin()
    async with AsyncOpenAI(api_key=engine.api_key, base_url=engine.base_url) as client:
        request = LaunchRequest(KNOWN[0], TRAIN, "smollm2-135m-instruct")
        parts = PartRules(above=1000, size=2000, at_once=3)
        job = await launch(client, request, lambda event: None, parts=parts)
        content = await client.files.content(job.training_file)
    assert content.content == TRAIN.read_bytes()
