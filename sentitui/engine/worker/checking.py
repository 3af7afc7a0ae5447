"""Judges the files of jobs that wait for their turn, so that a bad one is told now and not after hours.

The trainer judges again when it runs; this only comes earlier. A check is a short process at low priority.
"""

from __future__ import annotations

import json
import logging
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentitui.engine.entities import Job
from sentitui.engine.store import Store
from sentitui.engine.worker import texts

_log = logging.getLogger(__name__)

CheckCommand = Callable[[Path, str], Sequence[str]]
"""The command line that judges the files in a job folder for a method, and prints its finding as JSON."""


@dataclass(frozen=True, slots=True)
class _Running:
    job_id: str
    process: subprocess.Popen[bytes]


class Checking:
    """One check at a time, oldest waiting job first; called by the supervisor while another job trains."""

    def __init__(self, store: Store, command: CheckCommand) -> None:
        self._store = store
        self._command = command
        self._running: _Running | None = None
        self._tried: set[str] = set()

    def look(self) -> None:
        """Takes in a finished check, or starts the next one."""
        if self._running is None:
            self._start_next()
        elif self._running.process.poll() is not None:
            running, self._running = self._running, None
            self._take(running)

    def _start_next(self) -> None:
        for job in self._store.jobs.open_jobs():
            if job.status == "validating_files" and not job.started and job.id not in self._tried:
                self._tried.add(job.id)
                command = self._command(self._store.home.jobs / job.id, job.method)
                process = subprocess.Popen(
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
                self._running = _Running(job.id, process)
                return

    def _take(self, running: _Running) -> None:
        output, _ = running.process.communicate()
        try:
            finding = json.loads(output)
        except ValueError:
            _log.warning("job %s: its files could not be judged early", running.job_id)
            return
        with self._store.database.transaction():
            job = self._store.jobs.get(running.job_id)
            if job is not None and not job.ended and not job.started:
                self._tell(job, finding)

    def _tell(self, job: Job, finding: dict[str, Any]) -> None:
        now = int(time.time())
        if not finding:
            self._store.events.add(job.id, texts.VALIDATED, at=now)
            self._store.jobs.update(job.id, status="queued")
            return
        self._store.events.add(job.id, finding["message"], at=now, level="error")
        self._store.jobs.update(job.id, status="failed", error=finding, finished_at=now)
