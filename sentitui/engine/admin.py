"""What a person does with engines and models from the command line, besides serving."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sentitui.engine.discovery import Address, read_address, take_lock
from sentitui.engine.entities import TunedModel
from sentitui.engine.home import Home
from sentitui.engine.models import base_model
from sentitui.engine.registry import KnownModels, Registry
from sentitui.engine.store import Store
from sentitui.engine.weights import BaseModels as ShippedModels
from sentitui.engine.weights import FetchProgress, ensure, installed_folder, local_folder
from sentitui.engine.worker.removal import remove_tuned
from sentitui.errors import EngineError, WeightsError

if TYPE_CHECKING:
    from sentitui.engine.export import Export

_STOP_SECONDS = 20.0
"""A server ends within three seconds; more means that something hangs."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model on this machine; `folder` None: its weights have not been fetched."""

    name: str
    kind: str
    folder: Path | None
    bytes: int


def running_engine(home: Home) -> Address | None:
    """The engine that holds this home, None when none does."""
    if not home.lock.exists():
        return None
    lock = take_lock(home)
    if lock is not None:
        lock.close()
        return None
    return read_address(home)


def stop_engine(home: Home) -> bool:
    """Ends the engine of a home and waits for it; False when none runs. Raises EngineError."""
    address = running_engine(home)
    if address is None:
        return False
    # The lock is held, so the process that wrote this id lives.
    os.kill(address.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while running_engine(home) is not None:
        if time.monotonic() > deadline:
            raise EngineError(f"The engine (pid {address.pid}) does not end.", f"Try: kill -9 {address.pid}")
        time.sleep(0.05)
    return True


def models(home: Home, weights: Path, shipped: list[str]) -> Iterator[ModelEntry]:
    """Every base and tuned model with its place and size."""
    for name in shipped:
        listed = base_model(name)
        folder = None if listed is None else installed_folder(listed, weights)
        yield ModelEntry(name, "base", folder, _size(folder))
    for name, source in Registry(weights).entries().items():
        folder = _added_folder(source, weights)
        yield ModelEntry(name, "base", folder, _size(folder))
    if home.database.exists():
        store = Store(home)
        for model in store.models.all():
            yield ModelEntry(model.name, "tuned", model.adapter, _size(model.adapter))
        store.close()


def add_model(source: str, name: str | None, weights: Path, listen: Callable[[FetchProgress], None]) -> str:
    """Fetches or finds a base model and gives it a name; the name. Raises WeightsError."""
    folder = local_folder(source)
    kept = source if folder is None else str(folder)
    chosen = name or (source if folder is None else folder.name)
    ensure(kept, weights, listen)
    if base_model(source) is None:
        Registry(weights).add(chosen, kept)
    return chosen


def remove_model(name: str, home: Home, weights: Path) -> str:
    """Removes a model from this machine and says what that meant. Raises WeightsError or EngineError."""
    listed = base_model(name)
    if listed is not None:
        folder = installed_folder(listed, weights)
        if folder is None:
            raise WeightsError(f"The weights of {name} are not here.", "There is nothing to remove.")
        _refuse_running(home)
        shutil.rmtree(folder)
        return f"Removed the weights of {name}; they are fetched again when needed."
    if name in Registry(weights).entries():
        Registry(weights).remove(name)
        return f"Forgot {name}; its folder was left alone."
    return _remove_tuned(name, home)


def export_model(name: str, form: str, folder: Path, home: Home, weights: Path) -> Export:
    """Writes a tuned model for other programs into a new folder and asks it what the engine would say.

    Blocks for up to a minute. Raises EngineError or WeightsError.
    """
    from sentitui.engine.export import Form, export

    model = _tuned(name, home)
    base = KnownModels(ShippedModels(weights), Registry(weights)).locate(model.base)
    return export(Form(form), base, model.adapter, folder, name=name)


def _tuned(name: str, home: Home) -> TunedModel:
    model = None
    if home.database.exists():
        store = Store(home)
        model = store.models.get(name)
        store.close()
    if model is None:
        raise WeightsError(f"There is no tuned model {name} here.", "`sentitui engine models` lists them.")
    return model


def _remove_tuned(name: str, home: Home) -> str:
    _tuned(name, home)
    _refuse_running(home)
    store = Store(home)
    try:
        remove_tuned(store, name)
    finally:
        store.close()
    return f"Removed {name}."


def _refuse_running(home: Home) -> None:
    if running_engine(home) is not None:
        raise EngineError(
            "The engine is running and may use the model.", "Stop it first: sentitui engine stop"
        )


def _added_folder(source: str, weights: Path) -> Path | None:
    if (folder := local_folder(source)) is not None:
        return folder
    kept = weights / "hub" / f"models--{source.replace('/', '--')}"
    return kept if kept.is_dir() else None


def _size(folder: Path | None) -> int:
    if folder is None:
        return 0
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
