"""Finds the embedded engine, or starts it as its own process.

The engine is met over HTTP and through the file `engine.json` in its home; nothing of it is imported. It is
started detached: it outlives the app, so closing a terminal never stops training.
"""

from __future__ import annotations

import asyncio
import errno
import http.client
import importlib.util
import json
import os
import selectors
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

from sentitui.errors import EngineUnavailable
from sentitui.resources import install_command

_NEEDED = ("starlette", "uvicorn", "torch", "transformers", "peft")
_START_SECONDS = 60.0
_BLANK = bytes(64 * 1024)
"""What must fit into the engine's home before it is started: less than its empty database needs."""


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """Where a running engine answers; `base_url` ends in /v1."""

    base_url: str
    api_key: str
    pid: int
    home: Path


async def ensure_engine(home: Path, *, command: Sequence[str] | None = None) -> EngineAddress:
    """The running engine of that home; starts one when none answers.

    Raises EngineUnavailable when its libraries are not installed or it does not come up; the message holds
    the last lines of its log.
    """
    found = await find_engine(home)
    if found is not None:
        return found
    if command is None:
        _require_extra()
        command = (sys.executable, "-m", "sentitui.engine")
    return await asyncio.to_thread(_start, home, command)


async def find_engine(home: Path) -> EngineAddress | None:
    """The engine that runs with that home and answers, or None."""
    address = read_address(home)
    if address is None or await health(address) is None:
        return None
    return address


def read_address(home: Path) -> EngineAddress | None:
    """What the discovery file of that home says; None when there is none or it is not whole."""
    try:
        return _address((home / "engine.json").read_bytes())
    except (OSError, ValueError, KeyError, TypeError):
        return None


async def health(address: EngineAddress, seconds: float = 2.0) -> dict[str, Any] | None:
    """The engine's answer to GET /health, or None when nothing answers there."""
    return await asyncio.to_thread(_health, address.base_url, seconds)


def missing_libraries() -> list[str]:
    """The engine's libraries that are not installed here (looked up, not imported)."""
    return [name for name in _NEEDED if importlib.util.find_spec(name) is None]


def _require_extra() -> None:
    missing = missing_libraries()
    if missing:
        raise EngineUnavailable(
            f"The engine needs what is not installed here: {', '.join(missing)}.",
            f"{install_command('engine')}   (or choose another provider with --provider)",
        )


def _health(base_url: str, timeout: float) -> dict[str, Any] | None:
    parts = urlsplit(base_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        body = json.loads(answer.read(1 << 20)) if answer.status == http.HTTPStatus.OK else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return body if isinstance(body, dict) else None


def _start(home: Path, command: Sequence[str]) -> EngineAddress:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        _require_room(home / "start.log")
        log = (home / "start.log").open("wb")
    except OSError as error:
        raise EngineUnavailable(
            f"Cannot write the engine's home {home}: {error.strerror}.",
            "Free some space there, or set SENTITUI_HOME to a folder on a disk that has some."
            if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else "Set SENTITUI_HOME to a folder that can be written.",
        ) from error
    with log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", "0", "--home", str(home), "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    address = _first_line(process, home)
    # It outlives us, but should it end first, somebody has to take its exit status.
    threading.Thread(target=process.wait, daemon=True, name="engine-reaper").start()
    return address


def _require_room(log: Path) -> None:
    """Raises OSError where the engine could not write down why it does not start, nor anything else."""
    with log.open("wb", buffering=0) as file:
        if file.write(_BLANK) < len(_BLANK):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(file.fileno())  # some file systems find out only then


def _first_line(process: subprocess.Popen[bytes], home: Path) -> EngineAddress:
    output = cast("IO[bytes]", process.stdout)
    with output, selectors.DefaultSelector() as waiting:
        waiting.register(output, selectors.EVENT_READ)
        ready = waiting.select(_START_SECONDS)
        line = output.readline() if ready else b""
    try:
        return _address(line)
    except (ValueError, KeyError, TypeError) as error:
        if not ready:
            process.terminate()
        process.wait()
        raise EngineUnavailable(
            f"The engine did not start: {_last_lines(home / 'start.log') or 'it said nothing'}",
            f"Its log: {home / 'start.log'}. Try `sentitui engine` to see it start.",
        ) from error


def _address(line: bytes) -> EngineAddress:
    found = json.loads(line)
    return EngineAddress(
        str(found["base_url"]), str(found["api_key"]), int(found["pid"]), Path(found["home"])
    )


def _last_lines(log: Path, count: int = 3) -> str:
    try:
        lines = log.read_text("utf-8", "replace").split("\n")
    except OSError:
        return ""
    return " / ".join([line.strip() for line in lines if line.strip()][-count:])
