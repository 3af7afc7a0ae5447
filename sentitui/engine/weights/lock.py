"""One process at a time makes a model; the others wait and then find it made."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentitui.engine.weights.progress import FetchProgress, OnProgress


@contextmanager
def exclusive(path: Path, on_progress: OnProgress) -> Iterator[None]:
    """Holds the lock file `path`; reports "waiting" while another process does. Death frees it too."""
    with path.open("ab") as file:
        waiting = False
        while not _try_lock(file.fileno()):
            if not waiting:
                on_progress(FetchProgress("waiting"))
                waiting = True
            time.sleep(0.2)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
