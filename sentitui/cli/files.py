"""Writes what a command was asked to write, whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from sentitui import safe
from sentitui.errors import ConfigError


def unreadable(path: Path) -> str | None:
    """What to say of a file that cannot be read, with what to do; None when it can be."""
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        return (
            f"sentitui: Cannot read {safe.line(str(path))}: {error.strerror}.\n"
            "  Check the path and its permissions."
        )
    return None


def writable(path: Path) -> None:
    """Raises ConfigError when a file could not be written there, before hours of work depend on it."""
    if path.is_dir():
        raise ConfigError(f"{path} is a folder.", "Name a file.")
    device = path.exists() and not path.is_file()
    if not os.access(path if device else path.resolve().parent, os.W_OK if device else os.W_OK | os.X_OK):
        raise ConfigError(
            f"Cannot write {path}: its folder is missing or not writable.", "Choose another place."
        )


def write_json(path: Path, value: Any) -> None:
    """Writes JSON to a new file beside the old one and puts it in its place. Raises ConfigError."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def write_text(path: Path, value: str) -> None:
    """Writes a text as `write_json` does; what is no regular file (/dev/stdout, a pipe) is written to, not
    replaced."""
    try:
        if path.exists() and not path.is_file():
            path.write_text(value, "utf-8")
        else:
            _replace(path.resolve(), value)
    except OSError as error:
        raise ConfigError(f"Cannot write {path}: {error.strerror}.", "Is the disk full?") from error


def _replace(path: Path, value: str) -> None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        try:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(file.name, 0o666 & ~mask)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
