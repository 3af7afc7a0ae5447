"""Checkpoints of jobs: kept from the moment they are taken, shown once the job has succeeded."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from sentitui.engine.entities import Checkpoint
from sentitui.engine.store.database import Database
from sentitui.engine.store.paging import Page, page


class Checkpoints:
    """The table of checkpoints."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, checkpoint: Checkpoint) -> None:
        """Enters a checkpoint; one of the same step that is already known stays."""
        self._database.write(
            "INSERT OR IGNORE INTO checkpoints (id, job_id, created_at, step, path, metrics)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                checkpoint.id,
                checkpoint.job_id,
                checkpoint.created_at,
                checkpoint.step,
                str(checkpoint.path),
                json.dumps(dict(checkpoint.metrics)),
            ),
        )

    def of(self, job_id: str) -> list[Checkpoint]:
        """Every checkpoint of a job, by step."""
        found = self._database.all("SELECT * FROM checkpoints WHERE job_id = ? ORDER BY step", (job_id,))
        return list(map(_checkpoint, found))

    def publish(self, checkpoint_id: str, name: str) -> None:
        """Makes a checkpoint visible under its model name."""
        self._database.write("UPDATE checkpoints SET name = ? WHERE id = ?", (name, checkpoint_id))

    def withdraw(self, name: str) -> None:
        """Hides the checkpoint of a deleted model."""
        self._database.write("UPDATE checkpoints SET name = NULL WHERE name = ?", (name,))

    def page(self, job_id: str, *, after: str | None, limit: int) -> Page[Checkpoint]:
        """Some visible checkpoints of a job, newest first. Raises UnknownCursor."""
        found = page(
            self._database,
            "checkpoints",
            where="job_id = ? AND name IS NOT NULL",
            parameters=(job_id,),
            after=after,
            limit=limit,
        )
        return Page(tuple(map(_checkpoint, found.items)), found.has_more)


def _checkpoint(found: sqlite3.Row) -> Checkpoint:
    values = {name: found[name] for name in Checkpoint.__dataclass_fields__}
    values["path"], values["metrics"] = Path(values["path"]), json.loads(values["metrics"])
    return Checkpoint(**values)
