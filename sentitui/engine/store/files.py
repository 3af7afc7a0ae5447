"""Files: what clients uploaded and what jobs produced."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sentitui.engine.entities import StoredFile
from sentitui.engine.store.blobs import Blobs
from sentitui.engine.store.database import Database
from sentitui.engine.store.paging import Page, page


class Files:
    """The table of files and their bytes."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self.blobs = blobs

    def add(self, stored: StoredFile, arrived: Path) -> None:
        """Keeps a file whose bytes lie at `arrived` (in the engine's home): bytes first, then the entry."""
        self.blobs.adopt(arrived, stored.id)
        self.record(stored)

    def record(self, stored: StoredFile) -> None:
        """Enters a file whose blob is already in place."""
        values = {name: getattr(stored, name) for name in StoredFile.__dataclass_fields__}
        self._database.insert("files", values)

    def get(self, file_id: str, now: int) -> StoredFile | None:
        """The file, unless it has expired."""
        found = self._database.one(
            "SELECT * FROM files WHERE id = ? AND (expires_at IS NULL OR expires_at > ?)", (file_id, now)
        )
        return None if found is None else _file(found)

    def page(
        self, *, purpose: str | None, after: str | None, limit: int, ascending: bool, now: int
    ) -> Page[StoredFile]:
        """Some files that have not expired. Raises UnknownCursor."""
        found = page(
            self._database,
            "files",
            where="(expires_at IS NULL OR expires_at > ?) AND (? IS NULL OR purpose = ?)",
            parameters=(now, purpose, purpose),
            after=after,
            limit=limit,
            ascending=ascending,
        )
        return Page(tuple(map(_file, found.items)), found.has_more)

    def count(self) -> int:
        """How many files are kept."""
        found = self._database.one("SELECT count(*) AS n FROM files")
        return 0 if found is None else int(found["n"])

    def total_bytes(self) -> int:
        """The size of all files together."""
        found = self._database.one("SELECT coalesce(sum(bytes), 0) AS n FROM files")
        return 0 if found is None else int(found["n"])

    def path(self, file_id: str) -> Path:
        """Where a file's bytes lie."""
        return self.blobs.path(file_id)

    def delete(self, file_id: str) -> None:
        """Forgets a file: the entry first, so that no entry ever lacks its bytes."""
        self._database.write("DELETE FROM files WHERE id = ?", (file_id,))
        self.blobs.remove(file_id)

    def expire(self, now: int) -> None:
        """Forgets every file whose time is over."""
        for found in self._database.all("SELECT id FROM files WHERE expires_at <= ?", (now,)):
            self.delete(found["id"])

    def tidy(self) -> None:
        """Removes bytes without an entry."""
        self.blobs.tidy({found["id"] for found in self._database.all("SELECT id FROM files")})


def _file(found: sqlite3.Row) -> StoredFile:
    return StoredFile(**{name: found[name] for name in StoredFile.__dataclass_fields__})
