"""What both ways to start the engine do: keep the key out of the process list, check the extra, serve."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import logging
import os
import sys
from dataclasses import replace
from typing import NoReturn

from sentitui.engine.settings import EngineSettings, from_arguments
from sentitui.errors import EngineUnavailable
from sentitui.resources import install_command

KEY_VARIABLE = "SENTITUI_ENGINE_API_KEY"
"""Carries the API key across the restart that takes it off the command line; a trainer never gets it."""

_NEEDED = (
    "torch",
    "transformers",
    "peft",
    "safetensors",
    "gguf",
    "starlette",
    "uvicorn",
    "python_multipart",
    "prometheus_client",
)


def run(args: argparse.Namespace) -> int:
    """Serves until told to stop; then the process has ended. Raises EngineUnavailable or EngineError."""
    check_extra()
    settings = hide_key(from_arguments(args), "sentitui.engine")
    from sentitui.engine.compose import real_parts
    from sentitui.engine.serve import serve

    try:
        status = serve(settings, real_parts)
    except SystemExit as stopped:  # a signal
        status = stopped.code if isinstance(stopped.code, int) else 1
    end(status)


def end(status: int) -> NoReturn:
    """Ends the process without taking it apart, which costs seconds with torch loaded or half loaded.

    Nothing is lost: the database is closed, the address taken back, and a trainer has its own process.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # whoever read it is gone
            stream.flush()
    os._exit(status)


def check_extra() -> None:
    """Raises EngineUnavailable when a package of the [engine] extra is missing; imports none of them."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise EngineUnavailable(
            f"The embedded engine is not installed (missing: {', '.join(missing)}).",
            f"Install it with: {install_command('engine')}",
        )


def hide_key(settings: EngineSettings, module: str) -> EngineSettings:
    """The settings with the key; a key on the command line first moves off it by starting `module` again.

    A command line is readable by every user of the machine, an environment only by its owner; and what this
    process starts gets neither.
    """
    if settings.api_key is not None:
        command = [sys.executable, "-m", module, "--home", str(settings.home)]
        command += ["--host", settings.host, "--port", str(settings.port)]
        command += ["--json"] if settings.as_json else []
        os.execve(sys.executable, command, os.environ | {KEY_VARIABLE: settings.api_key})  # noqa: S606
    return replace(settings, api_key=os.environ.pop(KEY_VARIABLE, None))
