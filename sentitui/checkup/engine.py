"""The embedded engine: does it run, is its model ready, what does it use? Asked over HTTP and its files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from sentitui import __version__, safe
from sentitui.checkup.fact import Fact, Verdict, size
from sentitui.config import Paths
from sentitui.providers.local_engine import EngineAddress, health, read_address

_NEEDED_BYTES = 3_000_000_000
"""What training and answering with the default model may take at its peak."""
_STOP = "sentitui engine stop"


async def engine_facts(places: Paths, *, needed: bool) -> list[Fact]:
    """Whether it runs and how, the disk of its home, and the machine's memory."""
    address = read_address(places.engine_home)
    answer = None if address is None else await health(address)
    facts = [Fact("engine", "process", "not running")]
    if address is not None and answer is not None:
        facts = [_process(address, str(answer.get("version"))), _model(answer)]
    elif address is not None and _lives(address.pid):
        value = f"pid {address.pid} lives and does not answer at {safe.line(address.base_url)}"
        facts = [Fact("engine", "process", value, Verdict.FAILED if needed else Verdict.WARNING, _STOP)]
    return [*facts, _disk(places.engine_home), *_memory(needed)]


def _process(address: EngineAddress, version: str) -> Fact:
    used = resident(address.pid)
    shown = f"pid {address.pid} at {safe.line(address.base_url)}"
    shown += f", {size(used)} of memory" if used else ""
    if version == __version__:
        return Fact("engine", "process", shown)
    advice = f"It is version {safe.line(version)}; end it and the next command starts this one: {_STOP}"
    return Fact("engine", "process", shown, Verdict.WARNING, advice)


def _model(answer: dict[str, object]) -> Fact:
    state = safe.line(str(answer.get("model")))
    if answer.get("error"):
        return Fact("engine", "model", safe.line(str(answer["error"])), Verdict.FAILED, _STOP)
    return Fact("engine", "model", {"ready": "loaded", "loading": "is being loaded"}.get(state, state))


def resident(pid: int) -> int:
    """The bytes of memory that a process holds; 0 when the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
    except (OSError, StopIteration, ValueError):
        return _resident_by_ps(pid)


def _resident_by_ps(pid: int) -> int:
    """Where there is no /proc (macOS)."""
    try:
        run = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, timeout=2, check=False
        )
        return int(run.stdout) * 1024
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return 0


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def _disk(home: Path) -> Fact:
    used = sum(path.lstat().st_size for path in home.rglob("*") if path.is_file()) if home.is_dir() else 0
    return Fact("engine", "files, jobs, models", f"{size(used)} in {safe.line(str(home))}")


def _memory(needed: bool) -> list[Fact]:
    available = _available()
    if available is None:
        return []
    shown = f"{size(available)} of memory free, {os.cpu_count() or 1} cores"
    if not needed or available >= _NEEDED_BYTES:
        return [Fact("engine", "machine", shown)]
    advice = f"Training the default model takes up to {size(_NEEDED_BYTES)}; close something first."
    return [Fact("engine", "machine", shown, Verdict.WARNING, advice)]


def _available() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text("utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return None
