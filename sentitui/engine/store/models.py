"""Tuned models: final ones and checkpoints, each an adapter folder on a base model."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sentitui.engine.entities import TunedModel
from sentitui.engine.store.database import Database


class Models:
    """The table of tuned models."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, model: TunedModel) -> None:
        """Enters a model that can be asked from now on."""
        self._database.insert(
            "models",
            {
                "name": model.name,
                "created_at": model.created_at,
                "job_id": model.job_id,
                "base": model.base,
                "adapter": str(model.adapter),
            },
        )

    def get(self, name: str) -> TunedModel | None:
        """The model of this name."""
        found = self._database.one("SELECT * FROM models WHERE name = ?", (name,))
        return None if found is None else _model(found)

    def all(self) -> list[TunedModel]:
        """Every tuned model, newest first."""
        return list(map(_model, self._database.all("SELECT * FROM models ORDER BY sequence DESC")))

    def remove(self, name: str) -> None:
        """Forgets a model; its folder is the caller's to remove."""
        self._database.write("DELETE FROM models WHERE name = ?", (name,))


def _model(found: sqlite3.Row) -> TunedModel:
    values = {name: found[name] for name in TunedModel.__dataclass_fields__}
    values["adapter"] = Path(values["adapter"])
    return TunedModel(**values)
