"""Uploads in parts: open for an hour, then completed into a file, cancelled or expired."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from sentitui.engine.entities import Part, Upload
from sentitui.engine.store.blobs import Blobs
from sentitui.engine.store.database import Database


class Uploads:
    """The tables of uploads and parts, and the parts' bytes."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    def add(self, upload: Upload) -> None:
        """Opens an upload."""
        values = {name: getattr(upload, name) for name in Upload.__dataclass_fields__}
        self._database.insert("uploads", values)

    def get(self, upload_id: str, now: int) -> Upload | None:
        """The upload; one whose time is over reads as expired."""
        self._database.write(
            "UPDATE uploads SET status = 'expired' WHERE id = ? AND status = 'pending' AND expires_at <= ?",
            (upload_id, now),
        )
        found = self._database.one("SELECT * FROM uploads WHERE id = ?", (upload_id,))
        return None if found is None else _upload(found)

    def add_part(self, part: Part, arrived: Path) -> None:
        """Keeps a part whose bytes lie at `arrived` (in the engine's home)."""
        self._blobs.adopt(arrived, part.id)
        values = {name: getattr(part, name) for name in Part.__dataclass_fields__}
        self._database.insert("parts", values)

    def parts(self, upload_id: str) -> dict[str, Part]:
        """The upload's parts by id."""
        found = self._database.all("SELECT * FROM parts WHERE upload_id = ?", (upload_id,))
        return {part["id"]: _part(part) for part in found}

    def paths(self, parts: Sequence[Part]) -> list[Path]:
        """Where the parts' bytes lie."""
        return [self._blobs.path(part.id) for part in parts]

    def complete(self, upload_id: str, file_id: str) -> None:
        """Marks the upload as this file (inside the transaction that records the file)."""
        self._database.write(
            "UPDATE uploads SET status = 'completed', file_id = ? WHERE id = ?", (file_id, upload_id)
        )

    def cancel(self, upload_id: str) -> None:
        """Ends a pending upload."""
        self._database.write("UPDATE uploads SET status = 'cancelled' WHERE id = ?", (upload_id,))

    def drop_parts(self, upload_id: str) -> None:
        """Forgets the parts of an upload that has ended."""
        names = list(self.parts(upload_id))
        self._database.write("DELETE FROM parts WHERE upload_id = ?", (upload_id,))
        for name in names:
            self._blobs.remove(name)

    def expire(self, now: int) -> None:
        """Ends every upload whose time is over and forgets its parts."""
        overdue = self._database.all(
            "SELECT id FROM uploads WHERE status = 'pending' AND expires_at <= ?", (now,)
        )
        for found in overdue:
            self.get(found["id"], now)
            self.drop_parts(found["id"])

    def tidy(self) -> None:
        """Forgets parts of ended uploads and bytes without an entry."""
        self._database.write(
            "DELETE FROM parts WHERE upload_id IN (SELECT id FROM uploads WHERE status != 'pending')"
        )
        self._blobs.tidy({found["id"] for found in self._database.all("SELECT id FROM parts")})


def _upload(found: sqlite3.Row) -> Upload:
    return Upload(**{name: found[name] for name in Upload.__dataclass_fields__})


def _part(found: sqlite3.Row) -> Part:
    return Part(**{name: found[name] for name in Part.__dataclass_fields__})
