"""Ending while a model is being loaded."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from sentitui.engine.inference import LocalInference
from sentitui.errors import WeightsError

_SECONDS = 2.0
"""How long the load lasts where nobody ends it: a close that waits for it would see it fail."""


class SlowModels:
    """Weights that are on their way until `arrive` is set."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.arrive = threading.Event()
        self.done = threading.Event()

    def names(self) -> Sequence[str]:
        """One model."""
        return ["slow"]

    def locate(self, name: str) -> Path:
        """Blocks, then fails."""
        self.asked.set()
        self.arrive.wait(_SECONDS)
        self.done.set()
        raise WeightsError(f"{name} never came")


def test_closing_does_not_wait_for_a_load() -> None:
    """Ctrl+C in the first seconds ends the engine while the model is still being loaded."""
    models = SlowModels()
    inference = LocalInference(models, threads=1)
    inference.start()
    assert models.asked.wait(10)
    inference.close()
    assert not models.done.is_set()
    models.arrive.set()
