"""Engines for tests: one shared by a module's tests, or as many of one's own as a test starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.engine_client import Engine, start


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A running engine with scripted inference and trainer, shared by the module."""
    running = start(tmp_path_factory.mktemp("engine"))
    yield running
    running.clean_up()


@pytest.fixture
def start_engine(tmp_path: Path) -> Iterator[Callable[..., Engine]]:
    """Starts engines (on the same home unless told otherwise) that end with the test."""
    running: list[Engine] = []

    def begin(*options: str, home: Path = tmp_path / "home") -> Engine:
        running.append(start(home, *options))
        return running[-1]

    yield begin
    for one in running:
        one.clean_up()
