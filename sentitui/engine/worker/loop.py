"""Keeps the supervisor going beside the server: looks often while a job runs, seldom when nothing does.

A thread of its own, and one that the process does not wait for: a look may last as long as fetching a model.
"""

from __future__ import annotations

import logging
import threading
import time

from sentitui.engine.store import Store
from sentitui.engine.worker.supervisor import Supervisor

_log = logging.getLogger(__name__)

_BUSY_SECONDS = 0.1
"""Between two looks at a running job: how late its events appear at most."""

_IDLE_SECONDS = 0.25
"""Between two looks at an empty queue: how late a new job starts at most. A look is two small queries."""

_TROUBLE_SECONDS = 2.0
"""After a look that failed: a full disk stays full for a while, and the log should not fill it further."""

_SWEEP_SECONDS = 60.0
"""Between two searches for files and uploads whose time is over."""

_STOP_SECONDS = 3.0


class SupervisorThread:
    """Ticks until stopped. A failing look is logged and tried again: jobs must survive a full disk."""

    def __init__(self, supervisor: Supervisor, store: Store) -> None:
        self._supervisor = supervisor
        self._store = store
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Begins, with what an earlier server left."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the current look, if that does not take long; whatever it does is safe to break off."""
        self._stopping.set()
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        swept = time.monotonic()
        recovered = False
        pause = _IDLE_SECONDS
        while not self._stopping.wait(pause):
            try:
                if not recovered:
                    self._supervisor.recover()
                    recovered = True
                pause = _BUSY_SECONDS if self._supervisor.tick() else _IDLE_SECONDS
                if time.monotonic() - swept > _SWEEP_SECONDS:
                    swept = time.monotonic()
                    self._sweep()
            except Exception:
                pause = _TROUBLE_SECONDS
                if not self._stopping.is_set():
                    _log.exception("the supervisor could not do its work; it tries again")

    def _sweep(self) -> None:
        now = int(time.time())
        self._store.files.expire(now)
        self._store.uploads.expire(now)
