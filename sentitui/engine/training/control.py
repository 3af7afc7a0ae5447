"""`control`: how the supervisor asks a running trainer to stop between two steps."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

Request = Literal["cancel", "pause"]


def requested(folder: Path) -> Request | None:
    """What the supervisor asks for now, if anything."""
    try:
        text = (folder / "control").read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    if text == "cancel":
        return "cancel"
    return "pause" if text == "pause" else None


@contextmanager
def only_trainer(folder: Path) -> Iterator[bool]:
    """Whether this is the job's only trainer; while inside, it stays so. Death frees it too."""
    descriptor = os.open(folder / "trainer.lock", os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
