"""Events of jobs, in the order they happened; nothing ever changes or removes one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, Literal

from sentitui.engine.entities import Event
from sentitui.engine.names import event_id
from sentitui.engine.store.database import Database
from sentitui.engine.store.paging import Page, page


class Events:
    """The table of events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        job_id: str,
        message: str,
        *,
        at: int,
        level: Literal["info", "warn", "error"] = "info",
        metrics: Mapping[str, Any] | None = None,
    ) -> None:
        """Adds the newest event of a job (`at` in Unix seconds); `metrics` make it a metrics event."""
        with self._database.transaction():
            found = self._database.one("SELECT coalesce(max(sequence), 0) + 1 AS next FROM events")
            sequence = 1 if found is None else int(found["next"])
            self._database.insert(
                "events",
                {
                    "sequence": sequence,
                    "id": event_id(sequence),
                    "job_id": job_id,
                    "created_at": at,
                    "level": level,
                    "message": message,
                    "type": "message" if metrics is None else "metrics",
                    "data": json.dumps(dict(metrics or {})),
                },
            )

    def page(self, job_id: str, *, after: str | None, limit: int) -> Page[Event]:
        """Some events of a job, newest first. Raises UnknownCursor."""
        found = page(
            self._database, "events", where="job_id = ?", parameters=(job_id,), after=after, limit=limit
        )
        return Page(tuple(map(_event, found.items)), found.has_more)

    def has(self, job_id: str, message: str) -> bool:
        """Whether the job has an event with this text."""
        found = self._database.one(
            "SELECT 1 FROM events WHERE job_id = ? AND type = 'message' AND message = ?", (job_id, message)
        )
        return found is not None

    def metrics(self, job_id: str) -> list[Event]:
        """Every metrics event of a job, oldest first."""
        found = self._database.all(
            "SELECT * FROM events WHERE job_id = ? AND type = 'metrics' ORDER BY sequence", (job_id,)
        )
        return list(map(_event, found))


def _event(found: sqlite3.Row) -> Event:
    values = {name: found[name] for name in Event.__dataclass_fields__}
    values["data"] = json.loads(values["data"])
    return Event(**values)
