"""The history: once, in order, for several writers, whatever happens to the disk."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentitui.errors import HistoryError
from sentitui.history import History


@pytest.fixture
def history(tmp_path: Path) -> History:
    """An empty history on a clock that stands still."""
    return History(tmp_path / "deep" / "history.sqlite", clock=lambda: 5.0)


def events(*numbers: int) -> list[dict[str, object]]:
    """Events named after numbers."""
    return [{"id": f"e{number}", "message": f"m{number}"} for number in numbers]


def ids(history: History, after: int = 0) -> list[str]:
    """The stored events in order."""
    return [each.id for each in history.events("p", "j", after)]


def test_an_event_is_stored_once_at_its_first_place(history: History) -> None:
    """What is known is left out; order is that of arrival."""
    assert history.add_events("p", "j", events(1, 2)) == 2
    assert history.add_events("p", "j", events(1, 2, 3)) == 1
    assert ids(history) == ["e1", "e2", "e3"]
    assert [each.seq for each in history.events("p", "j")] == [1, 2, 3]
    assert ids(history, after=2) == ["e3"]
    assert history.event_seq("p", "j", "e2") == 2
    assert history.event_seq("p", "j", "nope") is None
    assert history.known_events("p", "j", ["e1", "x"]) == {"e1"}
    assert ids(History(history._path)) == ["e1", "e2", "e3"]


def test_jobs_and_providers_do_not_mix(history: History) -> None:
    """The same event id at another job or provider is another event."""
    for provider, job in (("p", "j"), ("p", "k"), ("q", "j")):
        assert history.add_events(provider, job, events(1)) == 1


def test_a_job_keeps_what_is_known_of_its_making(history: History) -> None:
    """The newest state replaces the older one; its origin grows; the newest job comes first."""
    history.save_job("p", {"id": "j", "created_at": 1, "status": "queued"}, {"training": {"sha256": "x"}})
    history.save_job("p", {"id": "j", "created_at": 1, "status": "running"}, {"api_key_env": "K"})
    history.save_job("p", {"id": "j", "created_at": 1, "status": "succeeded"})
    history.save_job("p", {"id": "k", "created_at": 2})
    assert [each.id for each in history.jobs()] == ["k", "j"]
    found = history.job("p", "j")
    assert found is not None
    assert found.data["status"] == "succeeded"
    assert found.origin == {"training": {"sha256": "x"}, "api_key_env": "K"}
    assert not found.complete
    history.complete_job("p", "j")
    assert history.jobs("j")[0].complete


def test_the_newest_loss_of_each_job_is_found(history: History) -> None:
    """Among messages and steps, the last step with a loss counts."""
    history.save_job("p", {"id": "j", "created_at": 1})
    history.save_job("p", {"id": "k", "created_at": 1})
    steps = [{"id": f"s{n}", "data": {"train_loss": n}} for n in (3, 2)]
    history.add_events("p", "j", [*steps, {"id": "end", "data": {}}])
    assert {key: each["data"] for key, each in history.newest_metrics().items()} == {
        ("p", "j"): {"train_loss": 2}
    }


def test_what_is_no_json_does_not_break_the_rest(history: History) -> None:
    """NaN becomes null, half a surrogate pair stays; the history can still look into every event."""
    history.save_job("p", {"id": "j", "created_at": 1})
    odd = {"id": "e", "message": "\ud800 ä", "data": {"train_loss": float("nan"), "all": [float("inf"), 1.5]}}
    history.add_events("p", "j", [odd])
    (found,) = history.events("p", "j")
    assert found.data == {"id": "e", "message": "\ud800 ä", "data": {"train_loss": None, "all": [None, 1.5]}}
    assert history.newest_metrics() == {}


def test_runs_keep_their_completions_and_report(history: History) -> None:
    """A run is opened, filled and finished; the newest comes first."""
    run = history.start_run("compare", {"a": 1})
    made = [{"contender": "x", "prompt": 0, "repeat": n, "text": "ä\u2028\x00"} for n in (1, 0)]
    history.add_completions(run, made)
    history.add_completions(run, made[:1])
    assert history.completions(run) == made[::-1]
    assert history.runs()[0].report is None
    history.finish_run(run, {"b": 2})
    assert history.runs()[0].report == {"b": 2}


@settings(max_examples=30, deadline=None)
@given(batches=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.booleans()), max_size=12))
def test_two_writers_of_overlapping_pieces_agree(
    tmp_path_factory: pytest.TempPathFactory, batches: list[tuple[int, int, bool]]
) -> None:
    """Each writer appends gapless pieces; whoever comes first, every event stands once, in order."""
    path = tmp_path_factory.mktemp("history") / "history.sqlite"
    writers = (History(path), History(path))
    for start, length, first in batches:
        writer = writers[first]
        known = len(list(writer.events("p", "j")))
        writer.add_events("p", "j", events(*range(min(start, known), start + length)))
    found = [int(each.id[1:]) for each in writers[0].events("p", "j")]
    assert found == list(range(len(found)))
    for writer in writers:
        writer.close()


def test_a_killed_writer_leaves_whole_batches(tmp_path: Path) -> None:
    """Killing a program in the middle of writing loses no batch that was stored, and stores no half one."""
    path = tmp_path / "history.sqlite"
    script = (
        "import sys\nfrom pathlib import Path\nfrom sentitui.history import History\n"
        "h = History(Path(sys.argv[1]))\nn = 0\nwhile True:\n"
        "    h.add_events('p', 'j', [{'id': f'e{n + k}'} for k in range(10)])\n    n += 10\n"
        "    print(n, flush=True)\n"
    )
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, env={**os.environ}
        )
        assert process.stdout is not None
        last = 0
        for _ in range(20):
            last = int(process.stdout.readline())
        process.kill()
        process.stdout.close()
        process.wait()
        stored = [each.id for each in History(path).events("p", "j")]
        assert len(stored) >= last
        assert stored == [f"e{n}" for n in range(len(stored))]
        assert len(stored) % 10 == 0


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    """The message names the file and what to do; nothing is overwritten."""
    path = tmp_path / "history.sqlite"
    path.write_bytes(b"this is not a database, but somebody's text" * 50)
    with pytest.raises(HistoryError, match=r"history\.sqlite") as caught:
        History(path).jobs()
    assert "new history" in caught.value.hint
    assert path.read_bytes().startswith(b"this is not")


def test_a_history_of_the_future_is_not_touched(tmp_path: Path, history: History) -> None:
    """A newer program's database is refused, not changed."""
    path = tmp_path / "new.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(HistoryError, match="newer sentitui"):
        History(path).jobs()


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    """Where the history cannot be, that is the message."""
    blocker = tmp_path / "file"
    blocker.write_text("x", "utf-8")
    with pytest.raises(HistoryError, match="file"):
        History(blocker / "history.sqlite").jobs()
