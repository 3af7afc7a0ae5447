"""`progress.jsonl`: what happened, in order, each thing once even when the trainer was killed."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

_ONCE = frozenset({"validated", "resolved", "started"})
FINAL = frozenset({"succeeded", "invalid", "failed", "cancelled"})


class ProgressLog:
    """Appends lines to the job's progress; knows what an earlier run of the same job already wrote.

    One that is `silent` reads only: another process of the same training writes.
    """

    def __init__(self, folder: Path, *, silent: bool = False) -> None:
        self._path = folder / "progress.jsonl"
        written = _whole_lines(self._path, mend=not silent)
        self._kinds = {line["kind"] for line in written}
        self._steps = {line["step"]: line for line in written if line["kind"] == "step"}
        self._last_step = max(self._steps, default=0)
        self._checkpoints = {line["step"] for line in written if line["kind"] == "checkpoint"}
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._file = None if silent else os.open(self._path, flags, 0o644)

    @property
    def ended(self) -> bool:
        """Whether an earlier run brought the job to its end."""
        return bool(self._kinds & FINAL)

    @property
    def last_step(self) -> int:
        """The newest step on record; 0 before the first."""
        return self._last_step

    def recorded_step(self, step: int) -> dict[str, Any] | None:
        """The metrics an earlier run recorded for a step."""
        line = self._steps.get(step)
        return None if line is None else {name: line[name] for name in line if name not in ("kind", "time")}

    def emit(self, kind: str, **fields: Any) -> None:
        """Writes one line, durably, unless an earlier run wrote it: what was read here is never unsaid."""
        if self._is_known(kind, fields) or self._file is None:
            return
        line = json.dumps({"kind": kind, **fields, "time": time.time()}, separators=(",", ":"))
        os.write(self._file, line.encode() + b"\n")
        os.fsync(self._file)
        self._kinds.add(kind)

    def close(self) -> None:
        """Lets go of the file."""
        if self._file is not None:
            os.close(self._file)

    def _is_known(self, kind: str, fields: dict[str, Any]) -> bool:
        if kind == "step":
            known = bool(fields["step"] <= self._last_step)
            self._last_step = max(self._last_step, fields["step"])
            return known
        if kind == "checkpoint":
            known = fields["step"] in self._checkpoints
            self._checkpoints.add(fields["step"])
            return known
        return kind in _ONCE and kind in self._kinds


def _whole_lines(path: Path, *, mend: bool) -> list[dict[str, Any]]:
    """The lines of an earlier run; a last one torn by its death is cut off, to be written whole again."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    whole = content[: content.rfind(b"\n") + 1]
    if mend and len(whole) < len(content):
        os.truncate(path, len(whole))
    return [json.loads(line) for line in whole.splitlines()]
