"""The whole life with nothing scripted: real trainer and inference on a tiny random model."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from tests.engine.engine_client import MODEL, Engine, start
from tests.engine.tiny_model import build_tiny_model

LABELS = ("Positive", "Negative", "Neutral")


def training_file(examples: int) -> bytes:
    """Labelled conversations in chat format."""
    lines = []
    for number in range(examples):
        label = LABELS[number % 3]
        messages = [
            {"role": "system", "content": "Classify."},
            {"role": "user", "content": f"This is {label.lower()} number {number}."},
            {"role": "assistant", "content": label},
        ]
        lines.append(json.dumps({"messages": messages}))
    return "\n".join(lines).encode() + b"\n"


@pytest.fixture(scope="module")
def tiny_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The real engine on a tiny model."""
    folder = build_tiny_model(tmp_path_factory.mktemp("model"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TINY_MODEL", str(folder))
        patch.setenv("OMP_NUM_THREADS", "1")
        engine = start(tmp_path_factory.mktemp("engine"), module="tests.fakes.tiny_engine_server")
    yield engine
    engine.clean_up()


def create(engine: Engine, content: bytes, epochs: int, **options: object) -> str:
    """A job on this content; its id."""
    client = engine.client
    training = client.files.create(file=("train.jsonl", content), purpose="fine-tune").id
    method = {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": epochs, "batch_size": 4}}}
    job = client.fine_tuning.jobs.create(
        **{"model": MODEL, "training_file": training, "method": method, "seed": 1, **options}  # type: ignore[arg-type]
    )
    return job.id


@pytest.mark.slow
def test_files_tune_checkpoints_chat(tiny_engine: Engine) -> None:
    """Upload, tune with validation, ask base, tuned and checkpoint, tune further, delete."""
    client = tiny_engine.client
    validation = client.files.create(file=("v.jsonl", training_file(10)), purpose="fine-tune").id
    job_id = create(tiny_engine, training_file(12), 4, suffix="life", validation_file=validation)
    done = tiny_engine.ended(job_id)
    assert done.status == "succeeded", tiny_engine.messages(job_id)
    steps = [event.data for event in tiny_engine.events(job_id) if event.type == "metrics"]
    assert [data["step"] for data in steps if isinstance(data, dict)] == list(range(1, 13))
    assert isinstance(steps[-1], dict)
    assert {"train_loss", "full_valid_loss"} <= set(steps[-1])
    found = client.fine_tuning.jobs.checkpoints.list(job_id).data
    assert [checkpoint.step_number for checkpoint in found] == [12, 9, 6]
    for name in (MODEL, done.fine_tuned_model, found[1].fine_tuned_model_checkpoint):
        answer = client.chat.completions.create(
            model=str(name),
            messages=[{"role": "user", "content": "This is positive."}],
            n=3,
            max_tokens=4,
            logprobs=True,
            top_logprobs=2,
        )
        assert len(answer.choices) == 3
        assert answer.usage is not None
    again = create(tiny_engine, training_file(12), 1, model=done.fine_tuned_model)
    assert tiny_engine.ended(again).status == "succeeded", tiny_engine.messages(again)
    assert client.models.delete(str(done.fine_tuned_model)).deleted


@pytest.mark.slow
def test_a_killed_real_trainer_ends_with_the_same_losses(tiny_engine: Engine) -> None:
    """Resumed from its last checkpoint, a job tells each step once, with the losses of an undisturbed run."""
    content = training_file(12)
    whole, broken = create(tiny_engine, content, 6), create(tiny_engine, content, 6)
    assert tiny_engine.ended(whole).status == "succeeded"
    tiny_engine.saying(broken, "Step 7/")
    os.kill(tiny_engine.trainer_pid(broken), signal.SIGKILL)
    assert tiny_engine.ended(broken).status == "succeeded", tiny_engine.messages(broken)

    def metrics(job_id: str) -> list[object]:
        return [event.data for event in tiny_engine.events(job_id) if event.type == "metrics"]

    assert metrics(broken) == metrics(whole)


@pytest.mark.slow
def test_a_bad_file_is_told_by_the_job(tiny_engine: Engine) -> None:
    """Too few examples and broken lines end the job as OpenAI's does."""
    few = tiny_engine.ended(create(tiny_engine, training_file(7), 1))
    assert few.error is not None
    assert (few.error.code, few.error.param) == ("invalid_n_examples", "training_file")
    assert few.error.message == "Training file has 7 example(s), but must have at least 10 examples"
    broken = tiny_engine.ended(create(tiny_engine, training_file(12) + b'{"messages": []}\n', 1))
    assert broken.error is not None
    assert broken.error.code == "invalid_training_file"
    assert Path(tiny_engine.home).exists()


@pytest.mark.slow
def test_preferences_are_tuned_over_the_api(tiny_engine: Engine) -> None:
    """A DPO job resolves beta, succeeds and answers."""
    client = tiny_engine.client
    lines = []
    for number in range(12):
        example = {
            "input": {"messages": [{"role": "user", "content": f"Question {number}?"}]},
            "preferred_output": [{"role": "assistant", "content": "Positive"}],
            "non_preferred_output": [{"role": "assistant", "content": "Negative"}],
        }
        lines.append(json.dumps(example))
    content = "\n".join(lines).encode()
    training = client.files.create(file=("pairs.jsonl", content), purpose="fine-tune").id
    method = {"type": "dpo", "dpo": {"hyperparameters": {"n_epochs": 1, "batch_size": 4}}}
    job = client.fine_tuning.jobs.create(
        model=MODEL,
        training_file=training,
        method=method,  # type: ignore[arg-type]
    )
    done = tiny_engine.ended(job.id)
    assert done.status == "succeeded", tiny_engine.messages(job.id)
    assert done.method is not None
    assert done.method.dpo is not None
    assert done.method.dpo.hyperparameters is not None
    assert isinstance(done.method.dpo.hyperparameters.beta, float)
    assert done.hyperparameters.n_epochs == 1
    chat_file = client.files.create(file=("chat.jsonl", training_file(12)), purpose="fine-tune").id
    wrong = client.fine_tuning.jobs.create(
        model=MODEL,
        training_file=chat_file,
        method=method,  # type: ignore[arg-type]
    )
    refused = tiny_engine.ended(wrong.id)
    assert refused.error is not None
    assert refused.error.param == "training_file"


@pytest.mark.slow
def test_a_schema_is_kept_over_the_api_or_refused_by_name(tiny_engine: Engine) -> None:
    """Answers of a random model satisfy it; one that cannot be kept is a 400."""
    schema: dict[str, object] = {"enum": ["Positive", "Negative"]}

    def ask(schema: dict[str, object]) -> list[str]:
        answer = tiny_engine.client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": "This is positive."}],
            n=4,
            response_format={"type": "json_schema", "json_schema": {"name": "label", "schema": schema}},
        )
        assert {choice.finish_reason for choice in answer.choices} == {"stop"}
        return [json.loads(choice.message.content or "") for choice in answer.choices]

    assert set(ask(schema)) <= {"Positive", "Negative"}
    with pytest.raises(openai.BadRequestError) as caught:
        ask({"not": schema})
    assert caught.value.param == "response_format"
