"""Checkpoints: an adapter folder with what is needed to go on exactly where it was written.

Each appears by one rename after every byte is on disk, so a folder that exists is whole. Optimizer and random
state lie beside the adapter in safetensors and are removed once a newer checkpoint has them.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentitui.engine.training import adapter

_STATE = "trainer_state.safetensors"
_TALLY = "trainer_state.json"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A whole checkpoint on disk, after `step` steps."""

    step: int
    folder: Path


def newest(job: Path) -> Checkpoint | None:
    """The newest checkpoint that training can go on from."""
    found = [
        Checkpoint(int(folder.name.removeprefix("step-")), folder)
        for folder in (job / "checkpoints").glob("step-*")
        if (folder / _STATE).is_file()
    ]
    return max(found, key=lambda checkpoint: checkpoint.step, default=None)


def save(job: Path, step: int, model: Any, optimizer: Any) -> Path:
    """Writes the checkpoint of `step`, durably; returns its folder."""
    root = job / "checkpoints"
    folder = root / f"step-{step}"
    partial = root / f".partial-{step}"
    if not (folder / _STATE).is_file():
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        adapter.save(model, partial)
        _save_state(partial, step, model, optimizer)
        _sync(partial)
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
        _sync_folder(root)
    _forget_older(root, step)
    return folder


def restore(checkpoint: Checkpoint, model: Any, optimizer: Any) -> None:
    """Puts adapter, optimizer and random state back as they were."""
    import torch
    from safetensors.torch import load_file

    state = load_file(checkpoint.folder / _STATE)
    for name, parameter in adapter.learnable(model).items():
        with torch.no_grad():
            parameter.copy_(state[f"parameter:{name}"])
        optimizer.state[parameter] = {
            key: _placed(state[f"{key}:{name}"], parameter, key) for key in ("step", "exp_avg", "exp_avg_sq")
        }
    torch.set_rng_state(state["rng"])


def drop_state(job: Path) -> None:
    """Removes what only a resumed training needs, when the job has ended; the adapters stay."""
    _forget_older(job / "checkpoints", None)


def _placed(value: Any, parameter: Any, key: str) -> Any:
    # The fused optimizer keeps its step counter beside the parameter, as a float32 scalar.
    return value.to(parameter.device, dtype=value.dtype if key == "step" else parameter.dtype)


def _save_state(folder: Path, step: int, model: Any, optimizer: Any) -> None:
    import torch
    from safetensors.torch import save_file

    tensors = {"rng": torch.get_rng_state()}
    for name, parameter in adapter.learnable(model).items():
        tensors[f"parameter:{name}"] = parameter.detach().contiguous()
        for key, value in optimizer.state[parameter].items():
            tensors[f"{key}:{name}"] = value.contiguous()
    save_file(tensors, folder / _STATE)
    (folder / _TALLY).write_text(json.dumps({"step": step}), "utf-8")


def _forget_older(root: Path, step: int | None) -> None:
    for folder in root.glob("step-*"):
        if folder.name != f"step-{step}":
            (folder / _STATE).unlink(missing_ok=True)
            (folder / _TALLY).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    for file in folder.iterdir():
        with file.open("rb+") as handle:
            os.fsync(handle.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
