"""Decides which trainer runs and what its end means. One job trains at a time; the others wait in order.

The engine may be killed at any instant: everything here starts from the store and the job folders alone. A
trainer survives its server and is attended again by the next one.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from sentitui.engine import limits
from sentitui.engine.entities import Job
from sentitui.engine.ports import BaseModels
from sentitui.engine.store import Store
from sentitui.engine.worker import texts
from sentitui.engine.worker.checking import Checking
from sentitui.engine.worker.finish import remove_adapters
from sentitui.engine.worker.folder import JobFolder
from sentitui.engine.worker.ingest import Ingest
from sentitui.engine.worker.locating import Locating
from sentitui.engine.worker.process import Trainers, last_words
from sentitui.errors import SentituiError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tools:
    """What the supervisor works with; `clock` gives Unix seconds."""

    store: Store
    ingest: Ingest
    trainers: Trainers
    checking: Checking
    bases: BaseModels
    threads: int | None
    clock: Callable[[], float] = time.time


class Supervisor:
    """Attends the running job and starts the next; `tick` blocks and is called by one thread at a time."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._store = tools.store
        self._locating = Locating(tools.bases)
        self._cancelled_at: dict[str, float] = {}

    def recover(self) -> None:
        """Finds trainers that an earlier server had started but not yet written down."""
        for job in self._store.jobs.open_jobs():
            if not job.started and self._tools.trainers.alive(self._folder(job).path):
                self._store.jobs.update(job.id, started=True)

    def tick(self) -> bool:
        """Does what there is to do now; returns whether a job is under way (look again soon)."""
        started = self._store.jobs.active()
        if started:
            for job in started:
                self._attend(job)
            self._tools.checking.look()
            return True
        waiting = self._store.jobs.next_waiting()
        if waiting is None:
            return False
        self._begin(waiting)
        return True

    def _folder(self, job: Job) -> JobFolder:
        return JobFolder(self._store.home.jobs / job.id)

    def _attend(self, job: Job) -> None:
        folder = self._folder(job)
        alive = self._tools.trainers.alive(folder.path)
        # Read after looking: whatever a dead trainer wrote is in the file by now.
        now = self._tools.ingest.read(job.id) or job
        if alive:
            if now.ended:
                self._hurry(now, folder)
        elif now.ended or now.paused or not now.started:
            self._release(now, folder)
        else:
            self._revive(now, folder)

    def _release(self, job: Job, folder: JobFolder) -> None:
        """The trainer has gone for good or for a pause; what it made is of use only in the latter case."""
        _log.info("job %s: %s, its trainer has gone", job.id, "paused" if job.paused else job.status)
        self._store.jobs.update(job.id, started=False)
        self._cancelled_at.pop(job.id, None)
        checkpoints = folder.path / "checkpoints"
        if job.status in ("failed", "cancelled") and checkpoints.exists():
            remove_adapters([checkpoints])

    def _hurry(self, job: Job, folder: JobFolder) -> None:
        """A trainer whose job has ended may finish its step, not more."""
        now = time.monotonic()
        if job.id not in self._cancelled_at:
            folder.ask("cancel")
        if now - self._cancelled_at.setdefault(job.id, now) > limits.CANCEL_GRACE_SECONDS:
            self._tools.trainers.kill(folder.path)

    def _begin(self, job: Job) -> None:
        folder = self._folder(job)
        if self._tools.trainers.alive(folder.path):
            # It has just been paused and is on its way out.
            return
        try:
            base = self._locating.folder(job.base)
        except SentituiError as error:
            self._fail(job, "model_not_available", f"{error.message} {error.hint}".strip())
            return
        if base is None:
            return
        with self._store.database.transaction():
            now = self._store.jobs.get(job.id)
            if now is None or now.ended or now.paused:
                return
            folder.ask_nothing()
            folder.write_spec(now, base, self._tools.threads)
            self._start_trainer(now, folder)

    def _start_trainer(self, job: Job, folder: JobFolder) -> None:
        try:
            self._tools.trainers.start(folder.path)
        except OSError as error:
            message = f"The training process cannot be started: {error.strerror}"
            self._fail(job, "trainer_not_started", message)
            return
        _log.info("job %s: trainer started", job.id)
        self._store.jobs.update(job.id, started=True)

    def _revive(self, job: Job, folder: JobFolder) -> None:
        status = self._tools.trainers.exit_status(folder.path)
        most = limits.TRAINER_CRASHES if status is not None and status >= 0 else limits.TRAINER_KILLS
        reason = _reason(status, last_words(folder.path))
        _log.warning("job %s: trainer ended unexpectedly: %s", job.id, reason)
        if job.restarts >= most:
            self._fail(job, "training_failed", texts.gave_up(reason, job.restarts + 1))
            return
        at = int(self._tools.clock())
        with self._store.database.transaction():
            self._store.jobs.update(job.id, restarts=job.restarts + 1)
            self._store.events.add(job.id, texts.restarted(reason), at=at, level="warn")
        self._start_trainer(job, folder)

    def _fail(self, job: Job, code: str, message: str) -> None:
        now = int(self._tools.clock())
        error = {"code": code, "message": message, "param": None}
        with self._store.database.transaction():
            current = self._store.jobs.get(job.id)
            if current is None or current.ended:
                return
            self._store.events.add(job.id, message, at=now, level="error")
            self._store.jobs.update(
                job.id, status="failed", error=error, finished_at=now, estimated_finish=None, started=False
            )


def _reason(status: int | None, words: str) -> str:
    if status is None:
        return "it was no longer there"
    if status < 0:
        how = f"killed by {signal.Signals(-status).name}"
        return f"{how}, perhaps for want of memory" if -status == signal.SIGKILL else how
    # Only one that ended by itself had something to say about it.
    return f"exit status {status}; its last words: {words}" if words else f"exit status {status}"
