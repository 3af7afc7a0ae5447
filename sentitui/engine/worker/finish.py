"""The end of a successful job: its models, checkpoints and results file appear together, or not at all."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sentitui.engine import limits
from sentitui.engine.entities import Checkpoint, Event, Job, StoredFile, TunedModel
from sentitui.engine.names import checkpoint_name, model_name, new_id
from sentitui.engine.store import Store
from sentitui.engine.worker import texts

_log = logging.getLogger(__name__)


def succeed(store: Store, job: Job, line: Mapping[str, Any]) -> Job:
    """Publishes what a job has made (inside the caller's transaction) and returns the ended job."""
    at = int(line["time"])
    name = model_name(job.base, job.suffix)
    results = _write_results(store, job, at)
    checkpoints = [found for found in store.checkpoints.of(job.id) if found.path.is_dir()]
    kept = checkpoints[-limits.KEPT_CHECKPOINTS :]
    for checkpoint in kept[:-1]:
        _publish(store, job, checkpoint, at)
    if kept:
        store.checkpoints.publish(kept[-1].id, name)
    adapter = store.home.jobs / job.id / line["path"]
    store.models.add(TunedModel(name, at, job.id, job.base, adapter))
    store.events.add(job.id, texts.new_model(name), at=at)
    store.events.add(job.id, texts.COMPLETED, at=at)
    remove_adapters([old.path for old in checkpoints[: -limits.KEPT_CHECKPOINTS] if old.path != adapter])
    return replace(
        job,
        status="succeeded",
        fine_tuned_model=name,
        finished_at=at,
        trained_tokens=int(line["trained_tokens"]),
        result_files=(results,),
        estimated_finish=None,
    )


def _publish(store: Store, job: Job, checkpoint: Checkpoint, at: int) -> None:
    name = checkpoint_name(job.base, job.suffix, checkpoint.step)
    store.checkpoints.publish(checkpoint.id, name)
    store.models.add(TunedModel(name, at, job.id, job.base, checkpoint.path))
    store.events.add(job.id, texts.checkpoint(checkpoint.step, name), at=at)


def _write_results(store: Store, job: Job, at: int) -> str:
    file_id = new_id("file-")
    content = results_csv(store.events.metrics(job.id))
    arriving = store.home.incoming / file_id
    arriving.write_bytes(content)
    stored = StoredFile(file_id, "step_metrics.csv", "fine-tune-results", len(content), at)
    store.files.add(stored, arriving)
    return file_id


def results_csv(metrics: list[Event]) -> bytes:
    """The results file: a line per step, five decimals, validation cells blank where there is no value."""
    lines = ["step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"]
    for event in metrics:
        names = ("train_loss", "train_mean_token_accuracy", "valid_loss", "valid_mean_token_accuracy")
        cells = ["" if (value := event.data.get(name)) is None else f"{value:.5f}" for name in names]
        lines.append(",".join((str(event.data["step"]), *cells)))
    return ("\n".join(lines) + "\n").encode()


def remove_adapters(folders: list[Path]) -> None:
    """Removes adapter folders that nothing refers to any more; one that stays only costs space."""
    for folder in folders:
        try:
            shutil.rmtree(folder)
        except OSError as error:
            _log.warning("cannot remove %s: %s", folder, error)
