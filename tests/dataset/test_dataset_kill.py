"""SIGKILL at any instant of an editing session loses no acknowledged edit and changes nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SESSIONS = Path(__file__).parent.parent / "fakes" / "killed_sessions.py"


def run_sessions(count: int) -> str:
    """Runs `count` files through three sessions each, in a program of its own because it forks."""
    command = [sys.executable, str(SESSIONS), "--count", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_killed_sessions_lose_nothing() -> None:
    """A hundred sessions, most of them killed between two lines of our code."""
    assert "sessions killed" in run_sessions(40)


@pytest.mark.slow
def test_ten_thousand_killed_sessions_lose_nothing() -> None:
    """Enough to meet every line of a save and of an edit, many times."""
    words = run_sessions(5_000).split()
    assert int(words[2]) >= 10_000
