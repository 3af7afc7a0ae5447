"""The base models of this machine as the server sees them: names, and folders fetched when first needed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from sentitui.engine.models import BASE_MODELS
from sentitui.engine.weights.catalogue import ensure
from sentitui.engine.weights.progress import OnProgress, ignore


class BaseModels:
    """Names and locates base models kept under `models` (`Paths.models`); safe from several threads."""

    def __init__(self, models: Path, on_progress: OnProgress = ignore) -> None:
        self._models = models
        self._on_progress = on_progress
        self._lock = threading.Lock()

    def names(self) -> Sequence[str]:
        """The listed ids, the default first."""
        return [model.id for model in BASE_MODELS]

    def locate(self, name: str) -> Path:
        """The folder of a listed id, a local folder or a hub id; blocks while it is fetched.

        Raises WeightsError when it cannot be had.
        """
        with self._lock:
            return ensure(name, self._models, self._on_progress)
