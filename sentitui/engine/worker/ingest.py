"""From the trainer's lines to the job's state and events: each line takes effect exactly once.

The offset of what has been read is stored in the same transaction as what it meant. Lines that a resumed
trainer repeats after a power cut are recognised by their step and change nothing.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sentitui.engine.entities import Checkpoint, Job
from sentitui.engine.names import new_id
from sentitui.engine.store import Store
from sentitui.engine.worker import texts
from sentitui.engine.worker.finish import succeed
from sentitui.engine.worker.folder import read_lines

_log = logging.getLogger(__name__)

Line = Mapping[str, Any]
_METRICS = (
    "step",
    "total_steps",
    "train_loss",
    "train_mean_token_accuracy",
    "valid_loss",
    "valid_mean_token_accuracy",
    "full_valid_loss",
    "full_valid_mean_token_accuracy",
)
_RESOLVED = ("n_epochs", "batch_size", "learning_rate_multiplier", "beta")


class Ingest:
    """Reads progress files into the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pace: dict[str, tuple[int, float]] = {}
        self._handlers: dict[str, Callable[[Job, Line], Job]] = {
            "validated": self._validated,
            "invalid": self._failed,
            "resolved": self._resolved,
            "started": self._started,
            "step": self._step,
            "checkpoint": self._checkpoint,
            "paused": self._paused,
            "cancelled": self._cancelled,
            "failed": self._failed,
            "succeeded": self._succeeded,
        }

    def read(self, job_id: str) -> Job | None:
        """Takes in everything the trainer has written so far and returns the job as it is then."""
        while True:
            with self._store.database.transaction():
                job = self._store.jobs.get(job_id)
                if job is None or job.ended:
                    return job
                lines, offset = read_lines(self._progress(job_id), job.offset)
                if offset == job.offset:
                    return job
                after = job
                for line in lines:
                    after = self._take(after, line)
                self._save(job, replace(after, offset=offset))

    def _progress(self, job_id: str) -> Path:
        return self._store.home.jobs / job_id / "progress.jsonl"

    def _save(self, before: Job, after: Job) -> None:
        names = Job.__dataclass_fields__
        changes = {
            name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)
        }
        self._store.jobs.update(before.id, **changes)

    def _take(self, job: Job, text: bytes) -> Job:
        try:
            line = json.loads(text)
            handler = self._handlers[line["kind"]]
            return job if job.ended else handler(job, line)
        except (ValueError, KeyError, TypeError) as error:
            # The torn end of a killed trainer's last line, or a kind of a newer version: neither is worth a
            # job.
            _log.warning("job %s: a progress line was not understood (%r): %.200r", job.id, error, text)
            return job

    def _say(self, job: Job, line: Line, message: str, **more: Any) -> None:
        self._store.events.add(job.id, message, at=int(line["time"]), **more)

    def _validated(self, job: Job, line: Line) -> Job:
        if self._store.events.has(job.id, texts.VALIDATED):
            return job
        self._say(job, line, texts.VALIDATED)
        return replace(job, status="queued")

    def _resolved(self, job: Job, line: Line) -> Job:
        known = {
            name: line[name]
            for name in _RESOLVED
            if name in job.hyperparameters and line.get(name) is not None
        }
        return replace(job, hyperparameters={**job.hyperparameters, **known})

    def _started(self, job: Job, line: Line) -> Job:
        if not self._store.events.has(job.id, texts.STARTED):
            self._say(job, line, texts.STARTED)
        return replace(job, status="running")

    def _step(self, job: Job, line: Line) -> Job:
        step, total, at = int(line["step"]), int(line["total_steps"]), float(line["time"])
        if step <= job.last_step:
            return job
        self._say(job, line, texts.step(line), metrics=_finite(line))
        first, began = self._pace.setdefault(job.id, (step, at))
        finish = None
        if step > first:
            finish = int(at + (total - step) * (at - began) / (step - first))
        return replace(job, status="running", last_step=step, restarts=0, estimated_finish=finish)

    def _checkpoint(self, job: Job, line: Line) -> Job:
        step = int(line["step"])
        self._store.checkpoints.add(
            Checkpoint(
                id=new_id("ftckpt_"),
                job_id=job.id,
                created_at=int(line["time"]),
                step=step,
                path=self._store.home.jobs / job.id / line["path"],
                metrics={name: value for name, value in _finite(line).items() if name != "total_steps"},
                name=None,
            )
        )
        return job

    def _paused(self, job: Job, line: Line) -> Job:
        self._pace.pop(job.id, None)
        self._say(job, line, texts.PAUSED)
        return replace(job, status="queued", started=False, estimated_finish=None)

    def _cancelled(self, job: Job, line: Line) -> Job:
        self._say(job, line, texts.CANCELLED)
        return replace(job, status="cancelled", finished_at=int(line["time"]), estimated_finish=None)

    def _failed(self, job: Job, line: Line) -> Job:
        self._say(job, line, str(line["message"]), level="error")
        error = {"code": str(line["code"]), "message": str(line["message"]), "param": line.get("param")}
        return replace(
            job, status="failed", error=error, finished_at=int(line["time"]), estimated_finish=None
        )

    def _succeeded(self, job: Job, line: Line) -> Job:
        return succeed(self._store, job, line)


def _finite(line: Line) -> dict[str, Any]:
    # JSON has no NaN: a diverged loss is left out of the data and shows in the message.
    metrics = {name: line[name] for name in _METRICS if line.get(name) is not None}
    return {name: value for name, value in metrics.items() if math.isfinite(value)}
