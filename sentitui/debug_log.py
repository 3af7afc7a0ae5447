"""The log file of `--debug`: what our parts and the libraries say about their work, without secrets.

A line passes through `redacted` after it is formatted, so that no key gets in whatever library wrote it.
Texts of examples and answers may be in it. Nothing is logged unless asked for; the terminal shows none of it.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import platform
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sentitui import __version__
from sentitui.errors import ConfigError

_MOST_BYTES = 10_000_000
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)
_SECRET_TEXT = re.compile(r"\b(?:sk|pk)-[\w-]{12,}|(?<=[Bb]earer )[^\s'\",]+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")
_SHORTEST = 6
"""Characters; a shorter value is no key, and would blacken ordinary text."""


def start(folder: Path, command: str, environ: Mapping[str, str] | None = None) -> Path:
    """Logs everything to a file in `folder` (0600, two older ones of 10 MB kept) and returns its path.

    Of the command line only the command is logged: its options may hold a key.

    Raises ConfigError when the file cannot be written.
    """
    path = folder / "debug.log"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=_MOST_BYTES, backupCount=2, encoding="utf-8", errors="backslashreplace"
        )
    except OSError as error:
        raise ConfigError(
            f"Cannot write the log {path}: {error.strerror}.", "Set SENTITUI_HOME to a folder that can be."
        ) from error
    handler.setFormatter(_Redacting(os.environ if environ is None else environ))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.getLogger("sentitui").info(
        "sentitui %s on Python %s, %s: %s",
        __version__,
        platform.python_version(),
        platform.platform(),
        command,
    )
    return path


def redacted(text: str, secrets: Sequence[str]) -> str:
    """The text with each secret, and whatever looks like a key, as an ellipsis."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return _SECRET_TEXT.sub("…", text)


class _Redacting(logging.Formatter):
    """One line per record, tracebacks below it, nothing secret in either."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        values = (value for name, value in environ.items() if _SECRET_NAME.search(name))
        self._secrets = sorted({value for value in values if len(value) >= _SHORTEST}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record), self._secrets)
