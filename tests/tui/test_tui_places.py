"""Jobs and Playground against a server that really answers, and the ways between the places."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from sentitui.tui.app import SentituiApp
from sentitui.tui.screens.data import DataScreen
from sentitui.tui.screens.jobs import JobsScreen
from sentitui.tui.screens.launch import LaunchForm
from sentitui.tui.screens.place import Place
from sentitui.tui.screens.playground import PlaygroundScreen
from sentitui.tuning.jobs import JobStatus
from tests.fakes.openai_server import OpenAIServer, event, job
from tests.tui.conftest import OpenApp, Until, data, example, form, jobs, playground

SIZE = (120, 40)
TUNED = "ft:small:local:sentiment:abc"


@pytest.fixture
async def server(home: Path) -> AsyncIterator[OpenAIServer]:
    """A provider of our own on loopback, chosen in the settings."""
    async with OpenAIServer() as server:
        home.mkdir(parents=True, exist_ok=True)
        (home / "config.toml").write_text(
            f'[app]\ndefault_provider = "ours"\n[providers.ours]\nbase_url = "{server.base_url}"\n'
            'default_model = "small"\npoll_seconds = 0.01\nsorted_ids = true\n'
        )
        yield server


def steps(count: int) -> list[dict[str, Any]]:
    """The events of a job with that many steps."""
    metrics = [
        event(
            n + 1, f"Step {n}/{count}: training loss={1 / n:.2f}", step=n, total_steps=count, train_loss=1 / n
        )
        for n in range(1, count + 1)
    ]
    return [event(1, "Created"), *metrics]


def is_at(app: SentituiApp, place: type[Place]) -> bool:
    """Whether a place is on the screen."""
    return isinstance(app.screen, place)


async def to_jobs(pilot: Pilot[int], app: SentituiApp, until: Until) -> None:
    """Goes to Jobs and waits for the list."""
    await pilot.press("2")
    await until(pilot, lambda: isinstance(app.screen, JobsScreen))


async def test_a_job_of_the_server_is_listed_and_its_whole_history_shown(
    server: OpenAIServer, open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """Jobs shows what the server knows; the chosen one with every event, its losses and how it ended."""
    server.jobs["ftjob-1"] = job("ftjob-1", "succeeded", fine_tuned_model=TUNED)
    server.events["ftjob-1"] = steps(8)
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await to_jobs(pilot, app, until)
        await until(pilot, lambda: jobs(app).state.job is not None)
        state = jobs(app).state
        await until(pilot, lambda: len(state.events) == 9)
        assert state.job is not None
        assert state.job.status is JobStatus.SUCCEEDED
        assert state.losses[0] == 1.0
        assert state.share == 1.0


async def test_launching_uploads_the_open_file_and_follows_the_new_job(
    server: OpenAIServer, open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """`n`, the form, ctrl+s: the file is uploaded, the job made with what was typed, and followed."""
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await to_jobs(pilot, app, until)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LaunchForm))
        await until(pilot, lambda: form(app).status.kind == "done")
        await pilot.press(*["backspace"] * 4, "3", "tab", "tab", "7", "ctrl+s")
        await until(pilot, lambda: bool(server.jobs))
        await until(pilot, lambda: isinstance(app.screen, JobsScreen) and jobs(app).state.job is not None)
    asked = next(call.json for call in server.calls if call.method == "POST" and call.path.endswith("/jobs"))
    assert asked["model"] == "small"
    assert asked["seed"] == 7
    assert asked["suffix"] == "train"
    assert asked["method"]["supervised"]["hyperparameters"] == {"n_epochs": 3}
    assert list(server.files.values()) == [training_file.read_bytes()]


async def test_errors_in_the_file_block_the_launch_and_lead_to_their_place(
    server: OpenAIServer, open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """A file that the provider would refuse cannot be launched; ctrl+j goes to the example."""
    lines = training_file.read_bytes().splitlines(keepends=True)
    lines[7] = example(7).replace(b"assistant", b"asistant")
    training_file.write_bytes(b"".join(lines))
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await to_jobs(pilot, app, until)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LaunchForm))
        await until(pilot, lambda: form(app).status.kind == "error")
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, LaunchForm)
        await pilot.press("ctrl+j")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))
        await until(pilot, lambda: data(app).examples.cursor == 7)
    assert not server.jobs


async def test_without_a_job_jobs_says_only_what_to_do(
    server: OpenAIServer, open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """No job: two lines of words, no progress, no chart."""
    app = open_app(training_file)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_jobs(pilot, app, until)
        await until(pilot, lambda: any(call.path.endswith("/jobs") for call in server.calls))
        await pilot.pause()
        rows = [strip.text.strip() for strip in app.screen._compositor.render_strips()[1:-1]]
        said = [row for row in rows if row]
        assert said[0] == "No job yet."
        assert said[1].startswith("n trains a model")
        assert len(said) == 2


async def test_launching_with_unsaved_edits_saves_them_and_says_so(
    server: OpenAIServer, open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """The uploaded file is the one on the screen, and that it was saved for it is said."""
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("d")
        await to_jobs(pilot, app, until)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LaunchForm))
        await until(pilot, lambda: form(app).status.kind == "done")
        assert "saved first" in form(app).status.words
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(server.jobs))
        await until(
            pilot,
            lambda: isinstance(app.screen, JobsScreen) and "Saved train.jsonl" in jobs(app).heading.words,
        )
    assert len(training_file.read_bytes().splitlines()) == 11


async def test_an_unreachable_provider_is_said_calmly(
    home: Path, open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """No connection is a sentence, not an exception."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text(
        '[app]\ndefault_provider = "gone"\n[providers.gone]\nbase_url = "http://127.0.0.1:9/v1"\n'
    )
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await to_jobs(pilot, app, until)
        await until(pilot, lambda: jobs(app).heading.kind == "warning")
        assert "127.0.0.1:9" in jobs(app).heading.words


async def test_base_and_tuned_answer_and_are_tallied(
    server: OpenAIServer, open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """A question goes to both, ten times each; the tally shows how often each answer came."""
    server.jobs["ftjob-1"] = job("ftjob-1", "succeeded", fine_tuned_model=TUNED, model="small")
    server.events["ftjob-1"] = steps(2)
    server.models = ["small", TUNED]
    server.answer = lambda body, index: "Positive" if body["model"] == TUNED else "It is positive"
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        await to_jobs(pilot, app, until)
        await until(pilot, lambda: jobs(app).state.job is not None)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, PlaygroundScreen))
        screen = playground(app)
        await until(pilot, lambda: screen.system.value == "Classify.")
        await pilot.press("i", *"lovely", "enter")
        await until(pilot, lambda: screen.heading.kind == "done")
        counts = screen.tally("tuned")
        assert [(v.text, v.count) for v in counts.variants] == [("Positive", 10)]
        assert screen.tally("base").total == 10
        assert "agreement 100%" in screen.heading.words


async def test_a_failing_model_is_said_in_its_pane(
    server: OpenAIServer, open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """Without a tuned model the base alone is asked; what fails is told in words."""
    app = open_app(training_file)
    await server.stop()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, PlaygroundScreen))
        screen = playground(app)
        await until(pilot, lambda: screen.system.value == "Classify.")
        await pilot.press("x")
        await until(pilot, lambda: screen.heading.kind == "warning")
        assert screen.tally("base").failed == 10


async def test_one_two_three_and_the_mouse_go_to_the_places(
    open_app: OpenApp, training_file: Path, until: Until
) -> None:
    """Keys and a click on the top bar go to each place and back."""
    app = open_app(training_file)
    async with app.run_test(size=SIZE) as pilot:
        for key, place in (("2", JobsScreen), ("3", PlaygroundScreen), ("1", DataScreen)):
            await pilot.press(key)
            await until(pilot, partial(is_at, app, place))
        await pilot.click("TopBar", offset=(20, 0))
        await until(pilot, lambda: isinstance(app.screen, JobsScreen))
