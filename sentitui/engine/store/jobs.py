"""Fine-tuning jobs and their place in the queue."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sentitui.engine.entities import Job
from sentitui.engine.store.database import Database
from sentitui.engine.store.paging import Page, page

_JSON = ("hyperparameters", "metadata", "error", "result_files")
_HAS_PAIR = " AND EXISTS (SELECT 1 FROM json_each(metadata) AS pair WHERE pair.key = ? AND pair.value = ?)"
_OPEN = "status NOT IN ('succeeded', 'failed', 'cancelled')"


class Jobs:
    """The table of jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, job: Job) -> None:
        """Enters a new job at the end of the queue."""
        self._database.insert(
            "jobs", _columns({name: getattr(job, name) for name in Job.__dataclass_fields__})
        )

    def get(self, job_id: str) -> Job | None:
        """The job as it is now."""
        found = self._database.one("SELECT * FROM jobs WHERE id = ?", (job_id,))
        return None if found is None else _job(found)

    def update(self, job_id: str, **changes: Any) -> None:
        """Sets some fields of a job."""
        columns = _columns(changes)
        assignments = ", ".join(f"{name} = ?" for name in columns)
        query = f"UPDATE jobs SET {assignments} WHERE id = ?"  # noqa: S608 - our own field names
        self._database.write(query, (*columns.values(), job_id))

    def active(self) -> list[Job]:
        """The jobs whose trainer runs or should, ended ones too until it has gone."""
        found = self._database.all("SELECT * FROM jobs WHERE started ORDER BY sequence")
        return list(map(_job, found))

    def next_waiting(self) -> Job | None:
        """The oldest job that may start."""
        found = self._database.one(
            f"SELECT * FROM jobs WHERE NOT started AND NOT paused AND {_OPEN} ORDER BY sequence"  # noqa: S608
        )
        return None if found is None else _job(found)

    def ids(self) -> set[str]:
        """The ids of all jobs."""
        return {found["id"] for found in self._database.all("SELECT id FROM jobs")}

    def counts(self) -> dict[str, int]:
        """How many jobs there are of each status."""
        found = self._database.all("SELECT status, count(*) AS n FROM jobs GROUP BY status")
        return {status["status"]: status["n"] for status in found}

    def open_jobs(self) -> list[Job]:
        """Every job that has not ended."""
        return list(map(_job, self._database.all(f"SELECT * FROM jobs WHERE {_OPEN}")))  # noqa: S608

    def page(
        self, *, metadata: Mapping[str, str] | None, without_metadata: bool, after: str | None, limit: int
    ) -> Page[Job]:
        """Some jobs, newest first: those with all these metadata pairs, or those without any."""
        where, parameters = "1", []
        for key, value in (metadata or {}).items():
            where += _HAS_PAIR
            parameters += [key, value]
        if without_metadata:
            where += " AND (metadata IS NULL OR metadata = '{}')"
        found = page(self._database, "jobs", where=where, parameters=parameters, after=after, limit=limit)
        return Page(tuple(map(_job, found.items)), found.has_more)


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    columns = dict(values)
    for name in _JSON:
        if columns.get(name) is not None:
            columns[name] = json.dumps(columns[name])
    if columns.get("adapter") is not None:
        columns["adapter"] = str(columns["adapter"])
    return columns


def _job(found: sqlite3.Row) -> Job:
    values = {name: found[name] for name in Job.__dataclass_fields__}
    for name in _JSON:
        if values[name] is not None:
            values[name] = json.loads(values[name])
    values["result_files"] = tuple(values["result_files"])
    values["adapter"] = None if values["adapter"] is None else Path(values["adapter"])
    values["started"], values["paused"] = bool(values["started"]), bool(values["paused"])
    return Job(**values)
