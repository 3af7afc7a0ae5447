"""Keeps the supervisor going beside the server: looks often while a job runs, seldom when nothing does."""

from __future__ import annotations

import asyncio
import logging
import time

from sentitui.engine.store import Store
from sentitui.engine.worker.supervisor import Supervisor

_log = logging.getLogger(__name__)

_BUSY_SECONDS = 0.1
"""Between two looks at a running job: how late its events appear at most."""

_IDLE_SECONDS = 0.25
"""Between two looks at an empty queue: how late a new job starts at most. A look is one indexed query."""

_SWEEP_SECONDS = 60.0
"""Between two searches for files and uploads whose time is over."""


async def supervise(supervisor: Supervisor, store: Store) -> None:
    """Runs until cancelled. A failing look is logged and tried again: jobs must survive a full disk."""
    await asyncio.to_thread(supervisor.recover)
    swept = time.monotonic()
    while True:
        busy = False
        try:
            busy = await asyncio.to_thread(supervisor.tick)
            if time.monotonic() - swept > _SWEEP_SECONDS:
                swept = time.monotonic()
                await asyncio.to_thread(_sweep, store)
        except Exception:
            _log.exception("the supervisor could not do its work; it tries again")
        await asyncio.sleep(_BUSY_SECONDS if busy else _IDLE_SECONDS)


def _sweep(store: Store) -> None:
    now = int(time.time())
    store.files.expire(now)
    store.uploads.expire(now)
