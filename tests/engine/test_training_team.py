"""Several processes train one job as one would: started by the launcher, they take the same steps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sentitui.engine.training.control import Request
from sentitui.engine.worker.launching import training_command
from tests.engine.tiny_model import build_tiny_model

pytest.importorskip("torch")

_WORDS = ["good", "bad", "plain", "fine", "awful", "grey", "warm", "cold", "quick", "slow"]
_LABELS = ["Positive", "Negative", "Neutral"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model's folder."""
    return build_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


def _messages(number: int) -> list[dict[str, str]]:
    # Of unequal length, so that equal shares of examples are unequal shares of tokens.
    answer = " ".join([_LABELS[number % 3]] * (1 + number % 4))
    return [
        {"role": "user", "content": f"It was {_WORDS[number % 10]} on day {number}."},
        {"role": "assistant", "content": answer},
    ]


def _supervised(number: int) -> dict[str, Any]:
    return {"messages": _messages(number)}


def _preference(number: int) -> dict[str, Any]:
    question, answer = _messages(number)
    other = {"role": "assistant", "content": _WORDS[number % 10]}
    return {
        "input": {"messages": [question]},
        "preferred_output": [answer],
        "non_preferred_output": [other],
    }


def _job(folder: Path, tiny: Path, method: str) -> Path:
    """Thirteen examples in batches of four: the last batch has one example for two processes."""
    folder.mkdir()
    make = _supervised if method == "supervised" else _preference
    for name, numbers in (("train", range(13)), ("held", range(20, 23))):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(make(n)) + "\n" for n in numbers), "utf-8")
    spec = {
        "job_id": "ftjob-1",
        "base": "tiny",
        "base_path": str(tiny),
        "method": method,
        "training_file": str(folder / "train.jsonl"),
        "validation_file": str(folder / "held.jsonl"),
        "n_epochs": 2,
        "batch_size": 4,
        "seed": 7,
        "threads": 1,
    }
    (folder / "spec.json").write_text(json.dumps(spec), "utf-8")
    return folder


def _run(folder: Path, processes: int) -> None:
    # Without a GPU the launcher's processes train on the CPU and talk through gloo.
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        training_command(folder, processes),
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def _lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "progress.jsonl").read_bytes().splitlines()]


def _metrics(folder: Path) -> list[dict[str, float]]:
    """What each step and checkpoint measured."""
    skipped = ("time", "kind", "path")
    return [
        {name: value for name, value in line.items() if name not in skipped}
        for line in _lines(folder)
        if line["kind"] in ("step", "checkpoint")
    ]


def _kinds(folder: Path) -> list[str]:
    return [line["kind"] for line in _lines(folder)]


def _weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    weights: dict[str, Any] = load_file(Path(_lines(folder)[-1]["path"]) / "adapter_model.safetensors")
    return weights


@pytest.mark.slow
@pytest.mark.parametrize("method", ["supervised", "dpo"])
def test_two_processes_take_the_steps_of_one(tmp_path: Path, tiny: Path, method: str) -> None:
    """Losses, accuracies and validation agree to five decimals, the adapters too; each thing is said once."""
    alone, together = (_job(tmp_path / name, tiny, method) for name in ("alone", "together"))
    _run(alone, 1)
    _run(together, 2)
    assert _kinds(together) == _kinds(alone)
    assert _kinds(together)[-1] == "succeeded"
    for one, two in zip(_metrics(alone), _metrics(together), strict=True):
        assert two == pytest.approx(one, abs=1e-5)
    other = _weights(together)
    for name, tensor in _weights(alone).items():
        assert (tensor - other[name]).abs().max() < 1e-4, name


@pytest.mark.slow
@pytest.mark.parametrize("request_", ["pause", "cancel"])
def test_all_processes_heed_the_supervisor_and_go_on_together(
    tmp_path: Path, tiny: Path, request_: Request
) -> None:
    """The first one reads the request and all stop; a paused job ends as if it had never been."""
    job = _job(tmp_path / "job", tiny, "supervised")
    (job / "control").write_text(request_, "utf-8")
    _run(job, 2)
    assert _kinds(job)[-1] == ("paused" if request_ == "pause" else "cancelled")
    if request_ == "pause":
        (job / "control").unlink()
        _run(job, 2)
        assert _kinds(job).count("succeeded") == 1
        steps = [line["step"] for line in _lines(job) if line["kind"] == "step"]
        assert steps == list(range(1, len(steps) + 1))


@pytest.mark.slow
def test_a_file_that_cannot_be_trained_on_is_told_once(tmp_path: Path, tiny: Path) -> None:
    """Both processes read it; one says so, and the launcher ends well."""
    job = _job(tmp_path / "job", tiny, "supervised")
    (job / "train.jsonl").write_text('{"messages": "none"}\n', "utf-8")
    _run(job, 2)
    assert _kinds(job) == ["invalid"]


def test_one_gpu_or_none_needs_no_launcher(tmp_path: Path) -> None:
    """The trainer is then the process itself; more are started by accelerate."""
    assert training_command(tmp_path, 0) == training_command(tmp_path, 1)
    assert training_command(tmp_path, 1)[:3] == [sys.executable, "-m", "sentitui.engine.training"]
    several = training_command(tmp_path, 4)
    assert "accelerate.commands.launch" in several
    assert several[several.index("--num_processes") + 1] == "4"
