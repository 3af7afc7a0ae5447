"""The engine's log: one JSON object per line in the home, rotated, never with the key in it."""

from __future__ import annotations

import json
import logging
import logging.handlers
from datetime import UTC, datetime
from pathlib import Path

_FIELDS = ("request_id", "method", "path", "status", "ms")
_BYTES = 5 * 2**20
_KEPT = 3


class JsonFormatter(logging.Formatter):
    """Formats an entry as one line of JSON; `secret` is replaced wherever it would appear."""

    def __init__(self, secret: str) -> None:
        super().__init__()
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False).replace(self._secret, "[key]")


def configure(path: Path, secret: str) -> None:
    """Sends everything that is logged in this process to the file (and nothing to the terminal)."""
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8")
    handler.setFormatter(JsonFormatter(secret))
    path.chmod(0o600)
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(handler)
