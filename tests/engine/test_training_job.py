"""The trainer as the supervisor meets it: a spec goes in, progress lines and adapters come out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sentitui.engine.training import job
from sentitui.engine.training.control import only_trainer
from sentitui.engine.training.progress import ProgressLog
from tests.engine.tiny_model import build_tiny_model

pytest.importorskip("torch")

_WORDS = ["good", "bad", "plain", "fine", "awful", "grey", "warm", "cold", "quick", "slow"]
_LABELS = ["Positive", "Negative", "Neutral"]
JobMaker = Callable[..., Path]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model's folder."""
    return build_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


def _examples(count: int) -> list[dict[str, Any]]:
    return [
        {
            "messages": [
                {"role": "system", "content": "Say the sentiment."},
                {"role": "user", "content": f"It was {_WORDS[number % 10]} on day {number}."},
                {"role": "assistant", "content": _LABELS[number % 3]},
            ]
        }
        for number in range(count)
    ]


def _write(path: Path, examples: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(example) + "\n" for example in examples), "utf-8")
    return path


@pytest.fixture
def make_job(tmp_path: Path, tiny: Path) -> JobMaker:
    """Makes a job's folder; keywords replace what its spec says."""

    def make(name: str = "job", examples: int = 12, **changes: Any) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        spec = {
            "job_id": "ftjob-1",
            "base": "tiny",
            "base_path": str(tiny),
            "adapter_path": None,
            "method": "supervised",
            "training_file": str(_write(folder / "train.jsonl", _examples(examples))),
            "validation_file": None,
            "n_epochs": 2,
            "batch_size": 4,
            "learning_rate_multiplier": "auto",
            "beta": "auto",
            "seed": 7,
            "suffix": "x",
            "threads": 1,
        }
        (folder / "spec.json").write_text(json.dumps({**spec, **changes}), "utf-8")
        return folder

    return make


def _lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "progress.jsonl").read_bytes().splitlines()]


def _kinds(folder: Path) -> list[str]:
    return [line["kind"] for line in _lines(folder)]


def _losses(folder: Path) -> list[float]:
    return [line["train_loss"] for line in _lines(folder) if line["kind"] == "step"]


def _adapter(folder: Path) -> bytes:
    return (Path(_lines(folder)[-1]["path"]) / "adapter_model.safetensors").read_bytes()


def test_a_job_tells_its_whole_story_in_order(make_job: JobMaker) -> None:
    """Validated, resolved, started, a line per step, a checkpoint per epoch, and the end."""
    folder = make_job()
    assert job.run(folder) == job.EXIT_OK
    epoch = ["step"] * 3 + ["checkpoint"]
    assert _kinds(folder) == ["validated", "resolved", "started", *epoch, *epoch, "succeeded"]
    lines = _lines(folder)
    assert lines[0]["examples"] == 12
    assert lines[-1]["trained_tokens"] == lines[0]["tokens"] * 2
    assert [line["step"] for line in lines if line["kind"] == "checkpoint"] == [3, 6]
    assert (Path(lines[-1]["path"]) / "adapter_config.json").is_file()


def test_training_lowers_the_loss(make_job: JobMaker) -> None:
    """A few epochs on a small set make its answers likelier."""
    folder = make_job(n_epochs=12, learning_rate_multiplier=10)
    job.run(folder)
    losses = _losses(folder)
    assert losses[-1] < losses[0] * 0.7


def test_the_same_seed_gives_the_same_losses_and_weights(make_job: JobMaker) -> None:
    """Two runs of one spec are equal to the last bit; another seed is another run."""
    one, two, other = make_job("one"), make_job("two"), make_job("other", seed=8)
    for folder in (one, two, other):
        job.run(folder)
    assert _losses(one) == _losses(two)
    assert _adapter(one) == _adapter(two)
    assert _losses(one) != _losses(other)


@pytest.mark.parametrize("stop_at", [1, 3, 4])
def test_a_paused_job_goes_on_as_if_it_had_not_been(make_job: JobMaker, stop_at: int) -> None:
    """Pause after any step, run again: the same lines once each, and the same weights to the last bit."""
    whole, parted = make_job("whole"), make_job("parted")
    job.run(whole)
    _run_until(parted, stop_at)
    assert _kinds(parted)[-1] == "paused"
    (parted / "control").unlink()
    assert job.run(parted) == job.EXIT_OK
    assert [kind for kind in _kinds(parted) if kind != "paused"] == _kinds(whole)
    assert _losses(parted) == _losses(whole)
    assert _adapter(parted) == _adapter(whole)


def _run_until(folder: Path, steps: int, word: str = "pause") -> None:
    """Runs the job with `control` written as soon as `steps` steps are on record."""
    with pytest.MonkeyPatch.context() as patch:
        original = ProgressLog.emit

        def emit(self: ProgressLog, kind: str, **fields: Any) -> None:
            original(self, kind, **fields)
            if kind == "step" and fields["step"] == steps:
                (folder / "control").write_text(word, "utf-8")

        patch.setattr(ProgressLog, "emit", emit)
        job.run(folder)


def test_a_killed_trainer_repeats_no_line_and_loses_none(make_job: JobMaker) -> None:
    """Dead in the middle of an epoch, with a torn last line: the next run completes the very same story."""
    whole, killed = make_job("whole"), make_job("killed")
    job.run(whole)
    _die_at(killed, "step", 5)
    with (killed / "progress.jsonl").open("ab") as file:
        file.write(b'{"kind":"step","st')
    assert job.run(killed) == job.EXIT_OK
    assert _kinds(killed) == _kinds(whole)
    assert _losses(killed) == _losses(whole)
    assert _adapter(killed) == _adapter(whole)


def test_a_checkpoint_that_was_written_but_not_told_is_told(make_job: JobMaker) -> None:
    """Dead between an epoch's checkpoint and its line: the next run says it, with its metrics."""
    whole, killed = make_job("whole"), make_job("killed")
    job.run(whole)
    _die_at(killed, "checkpoint", 3)
    assert "checkpoint" not in _kinds(killed)
    job.run(killed)
    assert _kinds(killed) == _kinds(whole)
    told = [line for line in _lines(killed) if line["kind"] == "checkpoint"]
    assert told[0]["train_loss"] == _losses(whole)[2]


class Killed(BaseException):
    """Stands for the end of the process: nothing in the trainer may handle it."""


def _die_at(folder: Path, kind: str, step: int) -> None:
    """Runs the job until just before it records `kind` of `step`."""
    with pytest.MonkeyPatch.context() as patch:
        original = ProgressLog.emit

        def emit(self: ProgressLog, told: str, **fields: Any) -> None:
            if told == kind and fields["step"] == step:
                raise Killed
            original(self, told, **fields)

        patch.setattr(ProgressLog, "emit", emit)
        with pytest.raises(Killed):
            job.run(folder)


def test_cancel_ends_the_job_between_steps(make_job: JobMaker) -> None:
    """A cancelled job says so after the step it was in, and stays cancelled when started again."""
    folder = make_job()
    _run_until(folder, 2, "cancel")
    assert _kinds(folder)[-1] == "cancelled"
    assert _lines(folder)[-1]["step"] == 2
    (folder / "control").unlink()
    assert job.run(folder) == job.EXIT_OK
    assert _kinds(folder)[-1] == "cancelled"


def test_a_validation_file_gives_validation_metrics(make_job: JobMaker, tmp_path: Path) -> None:
    """Some steps carry valid_loss, and every epoch's end the figures of the whole validation file."""
    held_out = _write(tmp_path / "held.jsonl", _examples(6))
    folder = make_job(validation_file=str(held_out))
    job.run(folder)
    ends = [line for line in _lines(folder) if line["kind"] == "checkpoint"]
    assert all(
        line["full_valid_loss"] > 0 and 0 <= line["full_valid_mean_token_accuracy"] <= 1 for line in ends
    )
    assert any("valid_loss" in line for line in _lines(folder) if line["kind"] == "step")


def test_validation_does_not_change_training(make_job: JobMaker, tmp_path: Path) -> None:
    """The losses are the same with and without a validation file."""
    held_out = _write(tmp_path / "held.jsonl", _examples(6))
    plain, validated = make_job("plain"), make_job("validated", validation_file=str(held_out))
    job.run(plain)
    job.run(validated)
    assert _losses(plain) == _losses(validated)


def test_tuning_goes_on_from_an_earlier_adapter(make_job: JobMaker) -> None:
    """A job with an adapter starts where that one ended."""
    first = make_job("first", n_epochs=12, learning_rate_multiplier=10)
    job.run(first)
    second = make_job("second", adapter_path=_lines(first)[-1]["path"])
    job.run(second)
    assert _losses(second)[0] < _losses(first)[0] * 0.7


def test_too_few_examples_are_refused_in_the_words_of_the_api(make_job: JobMaker) -> None:
    """Seven examples: invalid_n_examples, with the counts."""
    folder = make_job(examples=7)
    assert job.run(folder) == job.EXIT_OK
    line = _lines(folder)[-1]
    assert (line["kind"], line["code"], line["param"]) == ("invalid", "invalid_n_examples", "training_file")
    assert line["message"] == "Training file has 7 example(s), but must have at least 10 examples"


def test_a_wrong_example_is_named(make_job: JobMaker) -> None:
    """The refusal says which example and message are wrong."""
    folder = make_job()
    examples = _examples(12)
    del examples[3]["messages"][1]["role"]
    _write(folder / "train.jsonl", examples)
    job.run(folder)
    line = _lines(folder)[-1]
    assert (line["kind"], line["code"]) == ("invalid", "invalid_training_file")
    assert "Line 4: " in line["message"]
    assert "messages[1]" in line["message"]


def test_an_unreadable_model_fails_with_the_reason(make_job: JobMaker, tmp_path: Path) -> None:
    """No weights where the spec says: failed, exit status 1, the folder named."""
    folder = make_job(base_path=str(tmp_path / "nothing"))
    assert job.run(folder) == job.EXIT_FAILED
    line = _lines(folder)[-1]
    assert line["kind"] == "failed"
    assert "nothing" in line["message"]


def test_a_second_trainer_of_the_same_job_steps_aside(make_job: JobMaker) -> None:
    """While one trainer has the job, another leaves without writing a line."""
    folder = make_job()
    with only_trainer(folder) as alone:
        assert alone
        assert job.run(folder) == job.EXIT_BUSY
    assert not (folder / "progress.jsonl").exists()


def test_state_for_resuming_goes_when_the_job_has_ended(make_job: JobMaker) -> None:
    """After success each checkpoint is an adapter and nothing else."""
    folder = make_job()
    job.run(folder)
    for checkpoint in (folder / "checkpoints").iterdir():
        assert {file.name for file in checkpoint.iterdir()} == {
            "adapter_config.json",
            "adapter_model.safetensors",
        }


def _pairs(count: int) -> list[dict[str, Any]]:
    return [
        {
            "input": {
                "messages": [{"role": "user", "content": f"Was it {_WORDS[number % 10]} on day {number}?"}]
            },
            "preferred_output": [{"role": "assistant", "content": "Positive"}],
            "non_preferred_output": [{"role": "assistant", "content": "Negative"}],
        }
        for number in range(count)
    ]


def test_preference_tuning_learns_which_answer_is_preferred(make_job: JobMaker) -> None:
    """The loss starts at log 2, where neither answer has gained, and falls; the order becomes right."""
    folder = make_job(method="dpo", n_epochs=8, learning_rate_multiplier=20, beta=0.5)
    _write(folder / "train.jsonl", _pairs(12))
    job.run(folder)
    assert _kinds(folder)[-1] == "succeeded"
    assert _losses(folder)[0] == pytest.approx(0.6931, abs=1e-3)
    assert _losses(folder)[-1] < 0.5
    steps = [line for line in _lines(folder) if line["kind"] == "step"]
    assert steps[-1]["train_mean_token_accuracy"] == 1.0


def test_preference_tuning_resumes_to_the_same_losses(make_job: JobMaker, tmp_path: Path) -> None:
    """What the starting model says is computed before the checkpoint is put back."""
    held_out = _write(tmp_path / "held.jsonl", _pairs(5))
    whole, killed = (
        make_job(name, method="dpo", validation_file=str(held_out)) for name in ("whole", "killed")
    )
    for folder in (whole, killed):
        _write(folder / "train.jsonl", _pairs(12))
    job.run(whole)
    _die_at(killed, "step", 5)
    job.run(killed)
    assert _kinds(killed) == _kinds(whole)
    assert _losses(killed) == _losses(whole)
    assert _adapter(killed) == _adapter(whole)


def test_a_chat_file_is_no_preference_file(make_job: JobMaker) -> None:
    """Refused with the first line named."""
    folder = make_job(method="dpo")
    job.run(folder)
    line = _lines(folder)[-1]
    assert (line["kind"], line["param"]) == ("invalid", "training_file")
    assert "Line 1" in line["message"]
