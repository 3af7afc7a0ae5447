"""The app on real files, with its state in a folder of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from sentitui.dataset import counting
from sentitui.tui.start import make_app


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A private home for settings, history and journals; colours and terminal as everywhere."""
    monkeypatch.setenv("SENTITUI_HOME", str(tmp_path / "home"))
    # Without weights tokens are counted by OpenAI's ranks, which every machine has.
    monkeypatch.setenv("SENTITUI_CACHE", str(tmp_path / "cache"))
    counting._engine_counter.cache_clear()
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return tmp_path / "home"


@pytest.fixture
def app():
    """The app on the sample."""
    app = make_app(None)
    yield app
    app.workspace.close()


@pytest.fixture
def open_app():
    """Opens the app on a file; closed at the end of the test."""
    opened = []

    def open_(path, **options):
        app = make_app(path, **options)
        opened.append(app)
        return app

    yield open_
    for app in opened:
        app.workspace.close()


@pytest.fixture
def training_file(tmp_path):
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
def until():
    """Lets the app work until something is true of it."""

    async def until(pilot, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not true():
            assert time.monotonic() < deadline, f"waited in vain on {pilot.app.screen}"
            await pilot.pause()

    return until
