"""The engine as it runs for people: real weights, real inference, real trainer processes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from sentitui.config import paths
from sentitui.engine.inference import LocalInference
from sentitui.engine.registry import KnownModels, Registry
from sentitui.engine.serve import Parts
from sentitui.engine.weights import BaseModels
from sentitui.engine.weights_watch import WeightsWatch
from sentitui.engine.worker.launching import training_command, visible_gpus


def trainer_command(folder: Path) -> Sequence[str]:
    """Trains the job of a folder in a process of its own, or one for each GPU."""
    return training_command(folder, visible_gpus())


def check_command(folder: Path, method: str) -> Sequence[str]:
    """Judges the files of a job in a process of its own."""
    return [sys.executable, "-m", "sentitui.engine.worker.check_files", str(folder), method]


def real_parts() -> Parts:
    """Everything the server drives; loads nothing yet."""
    watch = WeightsWatch()
    weights = paths().models
    bases = KnownModels(BaseModels(weights, watch.listen), Registry(weights))
    return Parts(
        inference=LocalInference(bases),
        bases=bases,
        trainer=trainer_command,
        checker=check_command,
        threads=None,
        fetching=watch.newest,
    )
