"""Fine-tuning jobs through the official client: their whole life, as the API promises it."""

from __future__ import annotations

import re
from typing import Any

import openai
import pytest

from tests.engine.engine_client import MODEL, Engine


def test_a_job_says_the_published_events_in_order(engine: Engine) -> None:
    """From creation to completion the events have OpenAI's texts, levels and types."""
    training = engine.upload({"epochs": 2, "steps": 2})
    job = engine.client.fine_tuning.jobs.create(model=MODEL, training_file=training, suffix="mood")
    done = engine.ended(job.id)
    assert done.status == "succeeded"
    texts = engine.messages(job.id)
    assert texts[:8] == [
        f"Created fine-tuning job: {job.id}",
        f"Validating training file: {training}",
        "Files validated, moving job to queued state",
        "Fine-tuning job started",
        "Step 1/4: training loss=2.00",
        "Step 2/4: training loss=1.00",
        "Step 3/4: training loss=0.67",
        "Step 4/4: training loss=0.50",
    ]
    snapshot = r"ft:smollm2-135m-instruct:local:mood:\w{8}:ckpt-step-2"
    assert re.fullmatch(f"Checkpoint created at step 2 with Snapshot ID: {snapshot}", texts[8])
    assert texts[9:] == [
        f"New fine-tuned model created: {done.fine_tuned_model}",
        "The job has successfully completed",
    ]
    kinds = [event.type for event in engine.events(job.id)]
    assert kinds == ["message"] * 4 + ["metrics"] * 4 + ["message"] * 3


def test_auto_is_shown_then_resolved_in_both_places(engine: Engine) -> None:
    """A created job answers "auto"; after validation the numbers stand at the top and under `method`."""
    job = engine.client.fine_tuning.jobs.create(model=MODEL, training_file=engine.upload())
    assert job.hyperparameters.n_epochs == "auto"
    assert job.method is not None
    assert job.method.supervised is not None
    assert job.method.supervised.hyperparameters is not None
    assert job.method.supervised.hyperparameters.batch_size == "auto"
    done = engine.ended(job.id)
    assert done.hyperparameters.n_epochs == 3
    assert done.hyperparameters.batch_size == 8
    assert done.method is not None
    assert done.method.supervised is not None
    assert done.method.supervised.hyperparameters is not None
    assert done.method.supervised.hyperparameters.n_epochs == 3


def test_a_succeeded_job_has_a_model_tokens_and_plain_csv_results(engine: Engine) -> None:
    """The results file is readable CSV with five decimals and blank validation cells."""
    done = engine.ended(engine.tune({"epochs": 1, "steps": 2}, suffix="x"))
    assert re.fullmatch(r"ft:smollm2-135m-instruct:local:x:\w{8}", str(done.fine_tuned_model))
    assert done.trained_tokens == 100
    assert done.error is None
    assert done.finished_at is not None
    content = engine.client.files.content(done.result_files[0]).text
    header = "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"
    assert content.splitlines() == [header, "1,2.00000,0.50000,,", "2,1.00000,0.50000,,"]
    assert engine.client.files.retrieve(done.result_files[0]).purpose == "fine-tune-results"


def test_validation_losses_reach_events_and_results(engine: Engine) -> None:
    """With a validation file its losses are in messages, data and CSV."""
    validation = engine.upload()
    job_id = engine.tune({"epochs": 1, "steps": 2}, validation_file=validation)
    done = engine.ended(job_id)
    texts = engine.messages(job_id)
    assert texts[1].endswith(f" and validation file: {validation}")
    last = "Step 2/2: training loss=1.00, validation loss=1.50, full validation loss=1.25"
    assert last in texts
    data = next(event.data for event in engine.events(job_id) if event.message == last)
    assert data == {
        "step": 2,
        "total_steps": 2,
        "train_loss": 1.0,
        "train_mean_token_accuracy": 0.5,
        "valid_loss": 1.5,
        "valid_mean_token_accuracy": 0.25,
        "full_valid_loss": 1.25,
        "full_valid_mean_token_accuracy": 0.75,
    }
    assert engine.client.files.content(done.result_files[0]).text.splitlines()[1].endswith(",1.50000,0.25000")


def test_only_the_last_three_checkpoints_stay_and_the_last_is_the_model(engine: Engine) -> None:
    """Of five epochs three are kept, newest first; the last one's name is the model's own."""
    job_id = engine.tune({"epochs": 5, "steps": 1})
    done = engine.ended(job_id)
    found = list(engine.client.fine_tuning.jobs.checkpoints.list(job_id))
    assert [checkpoint.step_number for checkpoint in found] == [5, 4, 3]
    names = [checkpoint.fine_tuned_model_checkpoint for checkpoint in found]
    assert names[0] == done.fine_tuned_model
    assert names[1].endswith(":ckpt-step-4")
    assert len({name.split(":")[4] for name in names}) == 3
    for name in names:
        assert engine.client.models.retrieve(name).id == name
    assert len(list((engine.home / "jobs" / job_id / "checkpoints").iterdir())) == 3


def test_checkpoints_are_invisible_until_success(engine: Engine) -> None:
    """A running job shows no checkpoint, though one has been taken."""
    job_id = engine.tune({"epochs": 2, "steps": 1, "hold": 2})
    engine.saying(job_id, "Step 2/2")
    assert engine.client.fine_tuning.jobs.checkpoints.list(job_id).data == []
    running = engine.job(job_id)
    assert running.status == "running"
    assert running.estimated_finish is not None
    assert running.estimated_finish >= running.created_at
    engine.release(job_id)
    assert engine.ended(job_id).status == "succeeded"


def test_an_invalid_file_fails_the_job_with_the_parameter_named(engine: Engine) -> None:
    """What is wrong with the content is the job's error, not the upload's."""
    message = "Training file has 7 example(s), but must have at least 10 examples"
    job_id = engine.tune({"invalid": message})
    done = engine.ended(job_id)
    assert done.status == "failed"
    assert done.error is not None
    assert (done.error.code, done.error.param) == ("invalid_training_file", "training_file")
    assert done.error.message == message
    last = engine.events(job_id)[-1]
    assert (last.level, last.message) == ("error", message)


def test_a_job_that_fails_in_training_says_why(engine: Engine) -> None:
    """The trainer's own reason becomes the job's error."""
    done = engine.ended(engine.tune({"fail": 2}))
    assert done.status == "failed"
    assert done.error is not None
    assert done.error.message == "The loss is not a number any more"
    assert done.fine_tuned_model is None


def test_cancel_ends_a_running_job_at_once(engine: Engine) -> None:
    """The answer already says cancelled; nothing is said afterwards; cancelling again is refused."""
    job_id = engine.tune({"hold": 2})
    engine.saying(job_id, "Step 2/")
    assert engine.client.fine_tuning.jobs.cancel(job_id).status == "cancelled"
    done = engine.ended(engine.tune({"epochs": 1}))
    assert done.status == "succeeded"
    assert engine.messages(job_id)[-1] == "Fine-tuning job cancelled"
    with pytest.raises(openai.BadRequestError, match="Job has already completed"):
        engine.client.fine_tuning.jobs.cancel(job_id)


def test_a_waiting_job_can_be_cancelled(engine: Engine) -> None:
    """A job that never started ends as cancelled too."""
    running = engine.tune({"hold": 1})
    waiting = engine.tune()
    engine.saying(running, "Step 1/")
    assert engine.client.fine_tuning.jobs.cancel(waiting).status == "cancelled"
    engine.release(running)
    assert engine.ended(running).status == "succeeded"
    assert "Fine-tuning job started" not in engine.messages(waiting)


def test_pause_holds_a_job_between_steps_and_resume_goes_on(engine: Engine) -> None:
    """A paused job keeps its steps, lets others run, and repeats nothing when it goes on."""
    job_id = engine.tune({"hold": 2})
    engine.saying(job_id, "Step 2/")
    engine.client.fine_tuning.jobs.pause(job_id)
    engine.saying(job_id, "Fine-tuning job paused")
    paused = engine.job(job_id)
    assert paused.status == "queued"
    assert paused.model_dump()["paused"] is True
    assert engine.ended(engine.tune({"epochs": 1})).status == "succeeded"
    engine.release(job_id)
    engine.client.fine_tuning.jobs.resume(job_id)
    assert engine.ended(job_id).status == "succeeded"
    steps = [event.data for event in engine.events(job_id) if event.type == "metrics"]
    assert [data["step"] for data in steps if isinstance(data, dict)] == list(range(1, 13))


def test_a_job_that_is_not_paused_cannot_be_resumed(engine: Engine) -> None:
    """Resuming what runs is refused with 400."""
    job_id = engine.tune({"hold": 1})
    with pytest.raises(openai.BadRequestError, match="not paused"):
        engine.client.fine_tuning.jobs.resume(job_id)
    engine.client.fine_tuning.jobs.cancel(job_id)


def test_jobs_run_one_after_the_other(engine: Engine) -> None:
    """The second is validated and queued while the first trains, and starts only after it has ended."""
    first, second = engine.tune({"hold": 1}), engine.tune()
    engine.saying(second, "Files validated, moving job to queued state")
    assert engine.job(second).status == "queued"
    assert engine.job(first).status == "running"
    assert len(engine.messages(second)) == 3
    engine.release(first)
    assert engine.ended(second).status == "succeeded"
    assert engine.messages(second).count("Files validated, moving job to queued state") == 1


def test_a_bad_file_is_told_while_its_job_still_waits(engine: Engine) -> None:
    """Nobody learns of a typing mistake only after the jobs before it have trained."""
    first, bad = engine.tune({"hold": 1}), engine.tune({"invalid": "Line 3 is wrong"})
    done = engine.ended(bad)
    assert done.error is not None
    assert (done.error.message, done.error.param) == ("Line 3 is wrong", "training_file")
    engine.client.fine_tuning.jobs.cancel(first)


def test_a_tuned_model_can_be_tuned_further(engine: Engine) -> None:
    """Its name is accepted as `model`; the new model stands on the same base."""
    first = engine.ended(engine.tune({"epochs": 1}))
    name = str(first.fine_tuned_model)
    job_id = engine.tune({"hold": 1}, model=name, suffix="again")
    assert engine.job(job_id).model == name
    engine.saying(job_id, "Step 1/")
    with pytest.raises(openai.BadRequestError, match="being fine-tuned further"):
        engine.client.models.delete(name)
    engine.release(job_id)
    assert str(engine.ended(job_id).fine_tuned_model).startswith(f"ft:{MODEL}:local:again:")


def test_a_training_file_may_be_deleted_while_its_job_waits(engine: Engine) -> None:
    """A job keeps its own name of the data."""
    running = engine.tune({"hold": 1})
    training = engine.upload()
    waiting = engine.client.fine_tuning.jobs.create(model=MODEL, training_file=training)
    engine.client.files.delete(training)
    engine.saying(running, "Step 1/")
    engine.release(running)
    assert engine.ended(waiting.id).status == "succeeded"


def test_dpo_shows_its_own_hyperparameters(engine: Engine) -> None:
    """A preference job answers with `method.dpo` and beta."""
    job_id = engine.tune(method={"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.2}}})
    done = engine.ended(job_id)
    assert done.method is not None
    assert done.method.dpo is not None
    assert done.method.dpo.hyperparameters is not None
    assert done.method.dpo.hyperparameters.beta == 0.1


def test_metadata_filters(start_engine: Any) -> None:
    """metadata[key]=value finds the jobs with all pairs; metadata=null those without any."""
    engine = start_engine()
    plain = engine.tune()
    both = engine.tune(metadata={"team": "a", "run": "1"})
    engine.tune(metadata={"team": "a"})

    def found(query: dict[str, Any]) -> list[str]:
        return [job["id"] for job in engine.http("GET", "/fine_tuning/jobs", params=query).json()["data"]]

    assert found({"metadata[team]": "a", "metadata[run]": "1"}) == [both]
    assert len(found({"metadata[team]": "a"})) == 2
    assert found({"metadata": "null"}) == [plain]
    assert [job.id for job in engine.client.fine_tuning.jobs.list(metadata={"run": "1"})] == [both]


def test_a_diverged_loss_stays_valid_json(engine: Engine) -> None:
    """A loss that is not a number is named in the message and left out of the data."""
    job_id = engine.tune({"epochs": 1, "steps": 1, "nan": True})
    assert engine.ended(job_id).status == "succeeded"
    event = next(event for event in engine.events(job_id) if event.type == "metrics")
    assert event.message == "Step 1/1: training loss=nan"
    assert isinstance(event.data, dict)
    assert "train_loss" not in event.data
