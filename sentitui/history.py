"""What happened, in SQLite: jobs, their events in the server's order, runs and completions.

Survives restarts of the app, and several programs at once write it: an event is stored once, keyed by
provider, job and event id, and its place in the order is given inside the same transaction. Stores the API's
objects as they came; what they mean is for the rooms above. Holds no key.
"""

from __future__ import annotations

import json
import math
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from sentitui.errors import HistoryError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    provider TEXT NOT NULL, id TEXT NOT NULL, created_at INTEGER NOT NULL, seen REAL NOT NULL,
    data TEXT NOT NULL, origin TEXT NOT NULL DEFAULT '{}', complete INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (provider, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
    provider TEXT NOT NULL, job TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (provider, job, seq)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS events_once ON events (provider, job, id);
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, created REAL NOT NULL, settings TEXT NOT NULL,
    report TEXT);
CREATE TABLE IF NOT EXISTS completions (
    run INTEGER NOT NULL REFERENCES runs (id), contender TEXT NOT NULL, prompt INTEGER NOT NULL,
    repeat INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (run, contender, prompt, repeat)) WITHOUT ROWID;
"""
_VERSION = 1


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job as last seen (`seen`, unix seconds); `origin` says what we know of its making (paths, file hash);
    `complete`: it has ended and every event of it is here."""

    provider: str
    id: str
    created_at: int
    seen: float
    data: Mapping[str, Any]
    origin: Mapping[str, Any]
    complete: bool = False


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its place (1, 2, ...) in the server's order, oldest first."""

    seq: int
    id: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run of contenders: what was asked with which settings, and the report when it ended."""

    id: int
    kind: str
    created: float
    settings: Mapping[str, Any]
    report: Mapping[str, Any] | None


class History:
    """The database; safe to use from several threads and processes. Every method raises HistoryError."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    def close(self) -> None:
        """Closes the database; a later call opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def save_job(
        self, provider: str, data: Mapping[str, Any], origin: Mapping[str, Any] | None = None
    ) -> None:
        """Keeps the job's newest state; `origin` adds to what is known of its making."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO jobs (provider, id, created_at, seen, data, origin) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (provider, id) DO UPDATE SET seen = excluded.seen, data = excluded.data,"
                " origin = json_patch(origin, excluded.origin)",
                (
                    provider,
                    str(data["id"]),
                    int(data.get("created_at") or 0),
                    self._clock(),
                    _dump(data),
                    _dump(origin or {}),
                ),
            )

    def jobs(self, job_id: str | None = None) -> list[StoredJob]:
        """Every job seen (or those with that id, one per provider), newest first."""
        rows = self._query(
            "SELECT provider, id, created_at, seen, data, origin, complete FROM jobs"
            " WHERE ?1 IS NULL OR id = ?1 ORDER BY created_at DESC, seen DESC",
            (job_id,),
        )
        return [
            StoredJob(provider, each, created, seen, _load(data), _load(origin), bool(complete))
            for provider, each, created, seen, data, origin, complete in rows
        ]

    def job(self, provider: str, job_id: str) -> StoredJob | None:
        """That provider's job, if it was ever seen."""
        return next((job for job in self.jobs(job_id) if job.provider == provider), None)

    def complete_job(self, provider: str, job_id: str) -> None:
        """Notes that the job has ended and its events are all here."""
        with self._transaction() as db:
            db.execute("UPDATE jobs SET complete = 1 WHERE provider = ? AND id = ?", (provider, job_id))

    def add_events(self, provider: str, job_id: str, events: Sequence[Mapping[str, Any]]) -> int:
        """Appends events, oldest first, leaving out those already stored; returns how many were new."""
        added = 0
        with self._transaction() as db:
            (seq,) = db.execute(
                "SELECT coalesce(max(seq), 0) FROM events WHERE provider = ? AND job = ?", (provider, job_id)
            ).fetchone()
            for event in events:
                cursor = db.execute(
                    "INSERT INTO events (provider, job, seq, id, data) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    (provider, job_id, seq + added + 1, str(event["id"]), _dump(event)),
                )
                added += cursor.rowcount
        return added

    def events(self, provider: str, job_id: str, after: int = 0, limit: int = -1) -> Iterator[StoredEvent]:
        """The job's events with a place after `after`, oldest first (`limit` -1: all)."""
        rows = self._query(
            "SELECT seq, id, data FROM events WHERE provider = ? AND job = ? AND seq > ?"
            " ORDER BY seq LIMIT ?",
            (provider, job_id, after, limit),
        )
        return (StoredEvent(seq, event_id, _load(data)) for seq, event_id, data in rows)

    def event_seq(self, provider: str, job_id: str, event_id: str) -> int | None:
        """The place of an event in the order; None when it is not stored."""
        query = "SELECT seq FROM events WHERE provider = ? AND job = ? AND id = ?"
        rows = self._query(query, (provider, job_id, event_id))
        return int(rows[0][0]) if rows else None

    def known_events(self, provider: str, job_id: str, ids: Iterable[str]) -> set[str]:
        """Which of these event ids are stored."""
        query = (
            "SELECT id FROM events WHERE provider = ? AND job = ? AND id IN (SELECT value FROM json_each(?))"
        )
        return {row[0] for row in self._query(query, (provider, job_id, json.dumps(list(ids))))}

    def newest_metrics(self) -> dict[tuple[str, str], Mapping[str, Any]]:
        """Per (provider, job) the newest event that holds a training loss, among the job's last 50 events."""
        rows = self._query(
            "SELECT provider, id, ("
            " SELECT data FROM events AS e WHERE e.provider = jobs.provider AND e.job = jobs.id AND e.seq >"
            "  (SELECT max(seq) - 50 FROM events AS last"
            "   WHERE last.provider = jobs.provider AND last.job = jobs.id)"
            " AND json_extract(data, '$.data.train_loss') IS NOT NULL ORDER BY seq DESC LIMIT 1) FROM jobs"
        )
        return {(provider, job): _load(data) for provider, job, data in rows if data is not None}

    def first_step(self, provider: str, job_id: str) -> Mapping[str, Any] | None:
        """The job's first event that holds a training step."""
        rows = self._query(
            "SELECT data FROM events WHERE provider = ? AND job = ?"
            " AND json_extract(data, '$.data.step') IS NOT NULL ORDER BY seq LIMIT 1",
            (provider, job_id),
        )
        return dict(_load(rows[0][0])) if rows else None

    def start_run(self, kind: str, settings: Mapping[str, Any]) -> int:
        """Opens a run and returns its number."""
        with self._transaction() as db:
            cursor = db.execute(
                "INSERT INTO runs (kind, created, settings) VALUES (?, ?, ?)",
                (kind, self._clock(), _dump(settings)),
            )
            return int(cursor.lastrowid or 0)

    def add_completions(self, run: int, completions: Iterable[Mapping[str, Any]]) -> None:
        """Keeps completions of a run; each has contender, prompt, repeat, and whatever else was measured."""
        rows = [(run, each["contender"], each["prompt"], each["repeat"], _dump(each)) for each in completions]
        with self._transaction() as db:
            db.executemany("INSERT OR REPLACE INTO completions VALUES (?, ?, ?, ?, ?)", rows)

    def finish_run(self, run: int, report: Mapping[str, Any]) -> None:
        """Keeps what came out of a run."""
        with self._transaction() as db:
            db.execute("UPDATE runs SET report = ? WHERE id = ?", (_dump(report), run))

    def runs(self) -> list[StoredRun]:
        """Every run, newest first."""
        rows = self._query("SELECT id, kind, created, settings, report FROM runs ORDER BY id DESC")
        return [
            StoredRun(run, kind, created, _load(settings), _load(report) if report else None)
            for run, kind, created, settings, report in rows
        ]

    def completions(self, run: int) -> list[Mapping[str, Any]]:
        """The completions of a run, by contender, prompt, repeat."""
        query = "SELECT data FROM completions WHERE run = ? ORDER BY contender, prompt, repeat"
        return [_load(row[0]) for row in self._query(query, (run,))]

    def _query(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock, self._mapped():
            return self._open().execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # IMMEDIATE: two watchers that append at once take turns, so an event's place is never given twice.
        with self._lock, self._mapped():
            db = self._open()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise HistoryError(
                f"Cannot use the history {self._path}: {error}",
                "Is the disk full or the folder read-only? Moving the file away starts a new history.",
            ) from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            db = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
            try:
                _prepare(db, self._path)
            except BaseException:
                db.close()
                raise
            self._connection = db
        return self._connection


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise HistoryError(f"The history {path} was written by a newer sentitui.", "Update sentitui.")
    if version < _VERSION:
        db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")


def _dump(value: Mapping[str, Any]) -> str:
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    except ValueError:  # NaN and infinity are no JSON: SQLite could not look into it
        return json.dumps(_finite(value), separators=(",", ":"))


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _load(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # half a surrogate pair, which only json reads
        return json.loads(text)
