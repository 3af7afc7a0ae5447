"""Trainer processes: started in a session of their own, found again after a restart of the server.

A trainer holds a kernel lock on a file in its job folder from before it runs until it is gone, however it
goes: the lock, not a process id (ids are used again), tells whether it lives.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

TrainerCommand = Callable[[Path], Sequence[str]]
"""The command line that trains the job of a folder."""


class Trainers:
    """Starts, finds and stops trainers; all methods are called by one thread."""

    def __init__(self, command: TrainerCommand) -> None:
        self._command = command
        self._children: dict[Path, subprocess.Popen[bytes]] = {}

    def start(self, folder: Path) -> None:
        """Starts the trainer of a job folder whose trainer does not live. Raises OSError."""
        lock = os.open(folder / "trainer.alive", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with (folder / "trainer.log").open("ab") as log:
                child = subprocess.Popen(
                    list(self._command(folder)),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(lock,),
                    start_new_session=True,
                )
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(child.pid).encode(), 0)
        finally:
            os.close(lock)
        self._children[folder] = child

    def alive(self, folder: Path) -> bool:
        """Whether the trainer of a job folder lives, whoever started it."""
        child = self._children.get(folder)
        if child is not None:
            child.poll()
        try:
            lock = os.open(folder / "trainer.alive", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def exit_status(self, folder: Path) -> int | None:
        """How a trainer of ours ended (negative: by that signal); None for an earlier server's."""
        child = self._children.get(folder)
        return None if child is None else child.poll()

    def kill(self, folder: Path) -> None:
        """Ends a living trainer at once, with everything it started."""
        try:
            os.killpg(int((folder / "trainer.alive").read_text()), signal.SIGKILL)
        except (ProcessLookupError, ValueError):
            # Gone meanwhile, or killed before its id was written: then the lock is free too.
            return


def last_words(folder: Path) -> str:
    """The last line that a trainer wrote to its log, at most 500 characters; empty if there is none."""
    try:
        with (folder / "trainer.log").open("rb") as log:
            log.seek(max(0, os.fstat(log.fileno()).st_size - 4096))
            text = log.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][-500:] if lines else ""
