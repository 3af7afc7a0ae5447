"""The store's own promises: whole files, whole transactions, nothing left over."""

from __future__ import annotations

import errno
import sqlite3
import threading
from pathlib import Path

import pytest

from sentitui.engine.home import Home
from sentitui.engine.store import Store
from sentitui.engine.store.blobs import Blobs, write_durably
from sentitui.engine.store.database import Database
from sentitui.errors import EngineError


def test_two_writers_of_one_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Whoever comes last wins, with a whole file, and nothing else is left in the folder."""
    contents = [bytes([65 + number]) * 10_000 for number in range(8)]
    failures: list[BaseException] = []

    def write(content: bytes) -> None:
        try:
            for _ in range(20):
                write_durably(tmp_path / "x", content)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (tmp_path / "x").read_bytes() in contents
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_transaction_is_all_or_nothing_across_nesting(tmp_path: Path) -> None:
    """An error in an inner block undoes the outer one too, and the next transaction works."""
    database = Database(tmp_path / "x.sqlite")
    model = {"created_at": 1, "job_id": "j", "base": "b", "adapter": "a"}

    def insert_twice() -> None:
        with database.transaction():
            database.insert("models", {"name": "one", **model})
            with database.transaction():
                database.insert("models", {"name": "one", **model})

    with pytest.raises(sqlite3.IntegrityError):
        insert_twice()
    assert database.all("SELECT * FROM models") == []
    database.insert("models", {"name": "two", **model})
    assert len(database.all("SELECT * FROM models")) == 1
    database.close()


def test_threads_do_not_mix_their_transactions(tmp_path: Path) -> None:
    """Two threads that count up in transactions lose no step."""
    database = Database(tmp_path / "x.sqlite")
    database.insert("files", {"id": "f", "filename": "", "purpose": "", "bytes": 0, "created_at": 0})

    def count() -> None:
        for _ in range(50):
            with database.transaction():
                found = database.one("SELECT bytes FROM files")
                assert found is not None
                database.write("UPDATE files SET bytes = ?", (found["bytes"] + 1,))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = database.one("SELECT bytes FROM files")
    assert found is not None
    assert found["bytes"] == 200
    database.close()


def test_acknowledged_state_is_written_through(tmp_path: Path) -> None:
    """The database runs in WAL mode with every commit synced."""
    database = Database(tmp_path / "x.sqlite")
    assert database.all("PRAGMA journal_mode")[0][0] == "wal"
    assert database.all("PRAGMA synchronous")[0][0] == 2
    database.close()


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    """A database of a later version is refused with a message, not changed."""
    path = tmp_path / "x.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(EngineError, match="newer sentitui"):
        Database(path)


def test_folders_of_jobs_that_were_never_recorded_are_removed(tmp_path: Path) -> None:
    """A kill between making the folder and recording the job leaves nothing."""
    home = Home(tmp_path)
    home.prepare()
    (home.jobs / "ftjob-half").mkdir()
    store = Store(home)
    store.tidy()
    assert list(home.jobs.iterdir()) == []
    store.close()


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP])
def test_without_hard_links_the_bytes_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """On a file system that has none, a job's data still outlive the uploaded file."""

    def refuse(*_: object) -> None:
        raise OSError(code, "no links here")

    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / "file-1").write_bytes(b"data")
    blobs = Blobs(tmp_path / "blobs")
    monkeypatch.setattr("os.link", refuse)
    blobs.link("file-1", tmp_path / "training.jsonl")
    blobs.remove("file-1")
    assert (tmp_path / "training.jsonl").read_bytes() == b"data"
