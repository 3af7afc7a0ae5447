"""One picture per screen and size; a change of looks is a change that somebody saw."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Protocol

import pytest
from textual.app import App
from textual.pilot import Pilot

from sentitui.playground.run import Completion, Finished
from sentitui.tui.app import SentituiApp
from sentitui.tui.job_state import JobState
from sentitui.tui.play_state import Saying
from sentitui.tui.screens.data import DataScreen
from sentitui.tui.screens.jobs import JobsScreen
from sentitui.tui.screens.playground import PlaygroundScreen
from sentitui.tui.start import make_app
from sentitui.tuning.jobs import Job, JobEvent, JobStatus
from sentitui.tuning.seen import SeenJob

SIZES = [(80, 24), (120, 40), (200, 60)]

Before = Callable[[Pilot[int]], Awaitable[None]]


class SnapCompare(Protocol):
    """Compares a picture of the app with the one that is stored."""

    def __call__(self, app: App[int], *, terminal_size: tuple[int, int], run_before: Before) -> bool:
        """Whether the picture is the same."""
        ...


TUNED = "ft:smollm2-135m-instruct:local:sentiment:Ab12Cd34"


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[SentituiApp]:
    """The sample, in a time zone and without animations, as on every machine."""
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    app = make_app(None)
    yield app
    app.workspace.close()


async def settled(pilot: Pilot[int]) -> None:
    """Waits until the rules are loaded, the file is checked and nothing works in the background."""
    await pilot.app.workers.wait_for_complete()
    if isinstance(pilot.app.screen, DataScreen):
        pilot.app.screen.action_check()
        await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_data(snap_compare: SnapCompare, looks: SentituiApp, size: tuple[int, int]) -> None:
    """The Data place with the third example chosen."""

    async def before(pilot: Pilot[int]) -> None:
        await pilot.press("j", "j")
        await settled(pilot)

    assert snap_compare(looks, terminal_size=size, run_before=before)


def test_editing(snap_compare: SnapCompare, looks: SentituiApp) -> None:
    """Editing an answer under its conversation."""

    async def before(pilot: Pilot[int]) -> None:
        await settled(pilot)
        await pilot.press("e", "!")
        await pilot.pause()

    assert snap_compare(looks, terminal_size=(80, 24), run_before=before)


def test_help(snap_compare: SnapCompare, looks: SentituiApp) -> None:
    """The keys of the Data place."""

    async def before(pilot: Pilot[int]) -> None:
        await settled(pilot)
        await pilot.press("question_mark")
        await pilot.pause()

    assert snap_compare(looks, terminal_size=(120, 40), run_before=before)


def test_paper(snap_compare: SnapCompare, looks: SentituiApp) -> None:
    """The light look."""

    async def before(pilot: Pilot[int]) -> None:
        looks.theme = "paper"
        await settled(pilot)

    assert snap_compare(looks, terminal_size=(120, 40), run_before=before)


def trained() -> JobState:
    """A job that has ended well."""
    state = JobState()
    state.take(
        JobEvent(
            str(n), n, "info", f"Step {n}/40: training loss={4 / n:.2f}", "metrics",
            {"step": n, "total_steps": 40, "train_loss": 4 / n},
        )
        for n in range(1, 41)
    )  # fmt: skip
    job = Job("ftjob-1", "engine", JobStatus.SUCCEEDED, "small", 1, 61, TUNED, 9_570)
    state.take([job])
    return state


@pytest.mark.parametrize("size", SIZES[:2], ids=str)
def test_jobs(snap_compare: SnapCompare, looks: SentituiApp, size: tuple[int, int]) -> None:
    """A job with its curve and events."""

    async def before(pilot: Pilot[int]) -> None:
        await pilot.press("2")
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, JobsScreen)
        screen.state = trained()
        seen = SeenJob("ftjob-1", "engine", "succeeded", "small", TUNED, 1, 61, 9_570, 0.1, 61.0)
        screen.jobs.show([seen])
        screen.view.display = True
        screen.view.start(screen.state)
        await pilot.pause()

    assert snap_compare(looks, terminal_size=size, run_before=before)


@pytest.mark.parametrize("size", SIZES[:2], ids=str)
def test_playground(snap_compare: SnapCompare, looks: SentituiApp, size: tuple[int, int]) -> None:
    """Base and tuned after ten answers each."""

    async def before(pilot: Pilot[int]) -> None:
        await pilot.press("3")
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, PlaygroundScreen)
        screen.question.value = "Our flight was cancelled."
        for side, texts in (("base", ["Negative.", "It is bad", "Negative."]), ("tuned", ["Negative"])):
            saying = Saying(10)
            for at in range(10):
                saying.take(Finished(Completion(side, 0, at, texts[at % len(texts)])))
            screen.show_saying(side, saying)
        await pilot.pause()

    assert snap_compare(looks, terminal_size=size, run_before=before)
