"""The SQLite connection and its tables.

One connection, one lock: the engine is the only writer, and a transaction of one thread must not mix with
another's. `synchronous=FULL` in WAL mode means that a committed transaction survives a power cut.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sentitui.errors import EngineError

VERSION = 1
"""Of the tables, kept in the database's user_version."""

_TABLES = """
CREATE TABLE files (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, filename TEXT NOT NULL,
    purpose TEXT NOT NULL, bytes INTEGER NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER
);
CREATE TABLE uploads (
    id TEXT PRIMARY KEY, filename TEXT NOT NULL, purpose TEXT NOT NULL, bytes INTEGER NOT NULL,
    mime_type TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, status TEXT NOT NULL,
    file_seconds INTEGER, file_id TEXT
);
CREATE TABLE parts (
    id TEXT PRIMARY KEY, upload_id TEXT NOT NULL REFERENCES uploads(id), bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE TABLE jobs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, created_at INTEGER NOT NULL,
    model TEXT NOT NULL, base TEXT NOT NULL, adapter TEXT, method TEXT NOT NULL,
    hyperparameters TEXT NOT NULL, suffix TEXT, seed INTEGER NOT NULL, metadata TEXT,
    training_file TEXT NOT NULL, validation_file TEXT, status TEXT NOT NULL,
    started INTEGER NOT NULL, paused INTEGER NOT NULL, error TEXT, fine_tuned_model TEXT,
    finished_at INTEGER, trained_tokens INTEGER, result_files TEXT NOT NULL, estimated_finish INTEGER,
    offset INTEGER NOT NULL, last_step INTEGER NOT NULL, restarts INTEGER NOT NULL
);
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL,
    job_id TEXT NOT NULL REFERENCES jobs(id), created_at INTEGER NOT NULL, level TEXT NOT NULL,
    message TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL
);
CREATE INDEX events_of_job ON events(job_id, sequence);
CREATE TABLE checkpoints (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL,
    job_id TEXT NOT NULL REFERENCES jobs(id), created_at INTEGER NOT NULL, step INTEGER NOT NULL,
    path TEXT NOT NULL, metrics TEXT NOT NULL, name TEXT, UNIQUE (job_id, step)
);
CREATE TABLE models (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, created_at INTEGER NOT NULL,
    job_id TEXT NOT NULL, base TEXT NOT NULL, adapter TEXT NOT NULL
);
"""


class Database:
    """Transactions and queries over the engine's tables, usable from any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        try:
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            path.chmod(0o600)
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("PRAGMA foreign_keys=ON")
            self._create_tables()
        except (sqlite3.Error, OSError) as error:
            raise EngineError(
                f"The engine cannot open its database {path}: {error}",
                "Free some space or move the file away if it is damaged.",
            ) from error

    def _create_tables(self) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise sqlite3.DatabaseError(
                f"a newer sentitui wrote it (version {version}, this one knows {VERSION})"
            )
        if version < VERSION:
            self._connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version={VERSION}; COMMIT;")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens or nothing does; nests into the outermost one."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0 and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._commit()

    def _commit(self) -> None:
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            # A full disk refuses the commit and may leave the transaction open: nothing of it may stay.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def write(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Runs one change and returns the number of entries changed."""
        with self.transaction():
            return self._connection.execute(sql, parameters).rowcount

    def insert(self, table: str, values: dict[str, Any]) -> None:
        """Adds one entry; the names come from our own code, never from a client."""
        columns = ", ".join(values)
        marks = ", ".join("?" * len(values))
        self.write(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(values.values()))  # noqa: S608

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Every entry that matches."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Row | None:
        """The first entry that matches, or None."""
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(sql, parameters).fetchone()
            return found

    def close(self) -> None:
        """Ends the connection."""
        with self._lock:
            self._connection.close()
