"""The app on real files, with its state in a folder of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from textual.pilot import Pilot

from sentitui.dataset import counting
from sentitui.tui.app import SentituiApp
from sentitui.tui.screens.data import DataScreen
from sentitui.tui.screens.jobs import JobsScreen
from sentitui.tui.screens.launch import LaunchForm
from sentitui.tui.screens.playground import PlaygroundScreen
from sentitui.tui.start import make_app


class OpenApp(Protocol):
    """Opens the app on a file (None: the sample)."""

    def __call__(self, path: Path | None, *, theme: str | None = None) -> SentituiApp:
        """The app, not yet running."""
        ...


class Until(Protocol):
    """Lets the app work until something is true of it."""

    async def __call__(self, pilot: Pilot[int], true: Callable[[], bool]) -> None:
        """Waits; fails after a while."""
        ...


def data(app: SentituiApp) -> DataScreen:
    """The Data place, which must be what is on the screen."""
    assert isinstance(app.screen, DataScreen), app.screen
    return app.screen


def jobs(app: SentituiApp) -> JobsScreen:
    """The Jobs place, which must be what is on the screen."""
    assert isinstance(app.screen, JobsScreen), app.screen
    return app.screen


def playground(app: SentituiApp) -> PlaygroundScreen:
    """The Playground, which must be what is on the screen."""
    assert isinstance(app.screen, PlaygroundScreen), app.screen
    return app.screen


def form(app: SentituiApp) -> LaunchForm:
    """The launch form, which must be what is on the screen."""
    assert isinstance(app.screen, LaunchForm), app.screen
    return app.screen


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A private home for settings, history and journals; colours and terminal as everywhere."""
    monkeypatch.setenv("SENTITUI_HOME", str(tmp_path / "home"))
    # Without weights tokens are counted by OpenAI's ranks, which every machine has.
    monkeypatch.setenv("SENTITUI_CACHE", str(tmp_path / "cache"))
    counting._engine_counter.cache_clear()
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return tmp_path / "home"


@pytest.fixture
def app() -> Iterator[SentituiApp]:
    """The app on the sample."""
    app = make_app(None)
    yield app
    app.workspace.close()


@pytest.fixture
def open_app() -> Iterator[OpenApp]:
    """Opens the app on a file; closed at the end of the test."""
    opened: list[SentituiApp] = []

    def open_(path: Path | None, *, theme: str | None = None) -> SentituiApp:
        app = make_app(path, theme=theme)
        opened.append(app)
        return app

    yield open_
    for app in opened:
        app.workspace.close()


@pytest.fixture
def training_file(tmp_path: Path) -> Path:
    """A file of twelve small examples."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"".join(example(number) for number in range(12)))
    return path


def example(number: int, answer: str = "Positive", **more: object) -> bytes:
    """The line of a small example."""
    messages = [
        {"role": "system", "content": "Classify."},
        {"role": "user", "content": f"message {number}"},
        {"role": "assistant", "content": answer},
    ]
    return json.dumps({"messages": messages, **more}).encode() + b"\n"


@pytest.fixture
def until() -> Until:
    """Lets the app work until something is true of it."""

    async def until(pilot: Pilot[int], true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not true():
            assert time.monotonic() < deadline, f"waited in vain on {pilot.app.screen}"
            await pilot.pause()

    return until
