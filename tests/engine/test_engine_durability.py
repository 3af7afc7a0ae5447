"""Nothing acknowledged is lost: kills of server and trainer at any moment, restarts, power cuts."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sentitui.engine.entities import Job
from sentitui.engine.home import Home
from sentitui.engine.store import Store
from sentitui.engine.worker.ingest import Ingest
from tests.engine.engine_client import MODEL, Engine

StartEngine = Callable[..., Engine]


def steps_of(engine: Engine, job_id: str) -> list[int]:
    """The steps of a job's metrics events, oldest first."""
    found = [event.data for event in engine.events(job_id) if event.type == "metrics"]
    return [data["step"] for data in found if isinstance(data, dict)]


def test_a_trainer_outlives_a_killed_server_and_is_attended_again(start_engine: StartEngine) -> None:
    """After kill -9 of the server the same trainer goes on and no event is lost or repeated."""
    first = start_engine()
    job_id = first.tune({"hold": 3})
    first.saying(job_id, "Step 3/")
    before, trainer = first.events(job_id), first.trainer_pid(job_id)
    first.kill()
    second = start_engine()
    assert second.api_key == first.api_key
    assert second.trainer_pid(job_id) == trainer
    second.release(job_id)
    assert second.ended(job_id).status == "succeeded"
    after = second.events(job_id)
    assert after[: len(before)] == before
    assert steps_of(second, job_id) == list(range(1, 13))
    assert [event.id for event in after] == sorted(event.id for event in after)


def test_what_a_trainer_did_without_a_server_is_told_once(start_engine: StartEngine) -> None:
    """A trainer that ends while no server runs is found ended, with every event."""
    first = start_engine()
    job_id = first.tune({"hold": 2})
    first.saying(job_id, "Step 2/")
    first.kill()
    first.release(job_id)
    progress = first.home / "jobs" / job_id / "progress.jsonl"
    while b"succeeded" not in progress.read_bytes():
        continue
    second = start_engine()
    assert second.ended(job_id).status == "succeeded"
    assert steps_of(second, job_id) == list(range(1, 13))
    assert len(second.messages(job_id)) == len(set(second.messages(job_id)))


def test_a_killed_trainer_resumes_and_no_step_is_told_twice(start_engine: StartEngine) -> None:
    """kill -9 of the trainer costs one warning event and nothing else."""
    engine = start_engine()
    job_id = engine.tune({"hold": 5})
    engine.saying(job_id, "Step 5/")
    os.kill(engine.trainer_pid(job_id), signal.SIGKILL)
    assert engine.ended(job_id).status == "succeeded"
    assert steps_of(engine, job_id) == list(range(1, 13))
    warnings = [event.message for event in engine.events(job_id) if event.level == "warn"]
    assert len(warnings) == 1
    assert "killed by SIGKILL" in warnings[0]


def test_a_trainer_that_always_crashes_fails_its_job_with_its_last_words(start_engine: StartEngine) -> None:
    """Tries are bounded; the job's error says how the trainer ended and what it said last."""
    engine = start_engine()
    done = engine.ended(engine.tune({"crash": 3}))
    assert done.status == "failed"
    assert done.error is not None
    assert "4 times in a row" in done.error.message
    assert "exit status 3; its last words: last words of the trainer" in done.error.message


def test_sigterm_ends_the_server_cleanly_and_leaves_the_trainer(start_engine: StartEngine) -> None:
    """Exit status 0, no address left behind, the running job is attended by the next start."""
    first = start_engine()
    job_id = first.tune({"hold": 1})
    first.saying(job_id, "Step 1/")
    assert first.stop() == 0
    assert not (first.home / "engine.json").exists()
    os.kill(first.trainer_pid(job_id), 0)
    second = start_engine()
    second.release(job_id)
    assert second.ended(job_id).status == "succeeded"


def test_weights_on_their_way_hold_up_neither_cancelling_nor_ending(start_engine: StartEngine) -> None:
    """A job whose base is still being fetched can be cancelled, then the next one runs; SIGTERM works."""
    engine = start_engine()
    job_id = engine.tune(model="owner/model")
    following = engine.tune({"epochs": 1})
    assert engine.client.fine_tuning.jobs.cancel(job_id).status == "cancelled"
    assert engine.ended(following).status == "succeeded"
    engine.tune(model="owner/model")
    assert engine.stop() == 0
    assert start_engine().job(job_id).status == "cancelled"


def test_everything_acknowledged_is_there_after_kill_9(start_engine: StartEngine) -> None:
    """A file, a paused job, a finished job's model and the open upload's parts survive."""
    first = start_engine()
    client = first.client
    content = os.urandom(100_000)
    file_id = client.files.create(file=("a.jsonl", content), purpose="fine-tune").id
    upload = client.uploads.create(bytes=5, filename="b.jsonl", mime_type="text/jsonl", purpose="fine-tune")
    part = client.uploads.parts.create(upload.id, data=b"hello")
    model = first.ended(first.tune({"epochs": 1})).fine_tuned_model
    running = first.tune({"hold": 1})
    waiting = first.tune(metadata={"a": "b"})
    client.fine_tuning.jobs.pause(waiting)
    first.kill()
    second = start_engine()
    client = second.client
    assert client.files.content(file_id).read() == content
    done = client.uploads.complete(upload.id, part_ids=[part.id])
    assert done.file is not None
    assert client.files.content(done.file.id).read() == b"hello"
    answer = client.chat.completions.create(
        model=str(model), messages=[{"role": "user", "content": "adapter"}]
    )
    assert answer.choices[0].message.content == "step-4"
    second.saying(running, "Step 1/")
    second.release(running)
    assert second.ended(running).status == "succeeded"
    assert second.job(waiting).metadata == {"a": "b"}
    assert second.job(waiting).status != "running"
    client.fine_tuning.jobs.resume(waiting)
    assert second.ended(waiting).status == "succeeded"


def test_half_received_bytes_leave_no_trace(start_engine: StartEngine) -> None:
    """Leftovers of a kill in the middle of an upload are gone after the next start."""
    first = start_engine()
    (first.home / "incoming" / "part_x").write_bytes(b"half")
    (first.home / "files" / "file-orphan").write_bytes(b"never recorded")
    first.kill()
    second = start_engine()
    assert list((second.home / "incoming").iterdir()) == []
    assert list((second.home / "files").iterdir()) == []


@pytest.mark.slow
def test_fifty_kills_at_random_moments_lose_and_repeat_nothing(start_engine: StartEngine) -> None:
    """Server and trainers are killed 50 times; all jobs succeed, each event once and in order."""
    chance = random.Random(7)
    engine = start_engine()
    seen: dict[str, list[str]] = {}
    kills, job_id = 0, ""
    while kills < 50:
        if not job_id or engine.job(job_id).status == "succeeded":
            job_id = engine.tune({"epochs": 4, "steps": 25, "seconds": 0.02})
        for _ in range(chance.randrange(40)):
            engine.client.models.list()
        ids = [event.id for event in engine.events(job_id)]
        known = seen.get(job_id, [])
        assert ids[: len(known)] == known
        seen[job_id] = ids
        kills += _kill(engine, job_id, chance)
        if engine.process.poll() is not None:
            engine = start_engine()
    for job_id in seen:
        assert engine.ended(job_id).status == "succeeded", engine.messages(job_id)
        assert steps_of(engine, job_id) == list(range(1, 101))
        texts = [event.message for event in engine.events(job_id) if event.level != "warn"]
        assert len(texts) == len(set(texts)) == 4 + 100 + 2 + 2


def _kill(engine: Engine, job_id: str, chance: random.Random) -> int:
    lock = engine.home / "jobs" / job_id / "trainer.alive"
    victim = chance.choice(("server", "trainer", "both"))
    if victim != "server" and lock.exists() and lock.read_text():
        try:
            os.kill(int(lock.read_text()), signal.SIGKILL)
        except ProcessLookupError:
            return 0
    if victim != "trainer":
        engine.kill()
    return 1


def _store_with_job(folder: Path) -> tuple[Store, Path]:
    home = Home(folder)
    home.prepare()
    store = Store(home)
    values: dict[str, Any] = {"n_epochs": "auto", "batch_size": "auto", "learning_rate_multiplier": "auto"}
    job = Job(
        id="ftjob-1",
        created_at=1,
        model=MODEL,
        base=MODEL,
        adapter=None,
        method="supervised",
        hyperparameters=values,
        suffix=None,
        seed=1,
        metadata=None,
        training_file="file-1",
        validation_file=None,
        status="validating_files",
        started=True,
    )
    store.jobs.add(job)
    (home.jobs / job.id).mkdir()
    return store, home.jobs / job.id / "progress.jsonl"


def _line(step: int) -> bytes:
    values = {"kind": "step", "time": 5.0, "step": step, "total_steps": 9, "train_loss": 1.0}
    return json.dumps(values).encode() + b"\n"


def test_progress_lost_in_a_power_cut_and_written_again_is_told_once(tmp_path: Path) -> None:
    """A progress file shorter than what was read starts over; known steps change nothing."""
    store, progress = _store_with_job(tmp_path)
    ingest = Ingest(store)
    progress.write_bytes(_line(1) + _line(2) + _line(3))
    ingest.read("ftjob-1")
    progress.write_bytes(_line(1))
    ingest.read("ftjob-1")
    progress.write_bytes(b"".join(map(_line, range(1, 6))))
    job = ingest.read("ftjob-1")
    assert job is not None
    assert job.last_step == 5
    assert [event.data["step"] for event in store.events.metrics("ftjob-1")] == [1, 2, 3, 4, 5]
    store.close()


def test_a_torn_line_waits_for_its_end(tmp_path: Path) -> None:
    """Half a line is not read; what nobody understands is passed over."""
    store, progress = _store_with_job(tmp_path)
    ingest = Ingest(store)
    progress.write_bytes(_line(1) + _line(2)[:10])
    ingest.read("ftjob-1")
    assert len(store.events.metrics("ftjob-1")) == 1
    progress.write_bytes(_line(1) + _line(2) + b'nonsense\n{"kind": "of tomorrow"}\n[]\n' + _line(3))
    ingest.read("ftjob-1")
    assert [event.data["step"] for event in store.events.metrics("ftjob-1")] == [1, 2, 3]
    store.close()


def test_offset_and_events_are_stored_together_or_not_at_all(tmp_path: Path) -> None:
    """When the store fails in the middle of a batch, the batch is read again as a whole."""
    store, progress = _store_with_job(tmp_path)
    progress.write_bytes(_line(1) + _line(2))
    store.database.write("CREATE TRIGGER stop BEFORE UPDATE ON jobs BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        Ingest(store).read("ftjob-1")
    assert store.events.metrics("ftjob-1") == []
    store.database.write("DROP TRIGGER stop")
    Ingest(store).read("ftjob-1")
    assert len(store.events.metrics("ftjob-1")) == 2
    store.close()
