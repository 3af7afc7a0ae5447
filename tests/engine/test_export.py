"""A tuned model leaves in every form, and each form that can be read here says the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sentitui.engine.export import Form, export
from sentitui.errors import EngineError
from tests.engine.tiny_model import build_tiny_adapter, build_tiny_model

pytest.importorskip("torch")

_NAME = "ft:tiny:local:mood:abcd1234"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model's folder."""
    return build_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def adapter(tiny: Path) -> Path:
    """An adapter in a job's folder, as the trainer leaves it."""
    job = tiny.parent / "ftjob-1"
    folder = build_tiny_adapter(tiny, job / "checkpoints" / "step-6")
    examples = [
        {"messages": [{"role": "user", "content": f"Question {n}?"}, {"role": "assistant", "content": "Yes"}]}
        for n in range(12)
    ]
    data = job / "train.jsonl"
    data.write_text("".join(json.dumps(example) + "\n" for example in examples), "utf-8")
    (job / "spec.json").write_text(
        json.dumps({"base": "tiny", "training_file": str(data), "seed": 7}), "utf-8"
    )
    (job / "data.json").write_text(json.dumps({"examples": 12, "training_sha256": "ab" * 32}), "utf-8")
    lines = [
        {
            "kind": "resolved",
            "n_epochs": 2,
            "batch_size": 4,
            "learning_rate_multiplier": 1.0,
            "total_steps": 6,
        },
        {"kind": "checkpoint", "step": 3, "epoch": 1, "train_loss": 1.5},
        {"kind": "checkpoint", "step": 6, "epoch": 2, "train_loss": 0.25, "full_valid_loss": 0.5},
    ]
    (job / "progress.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return folder


@pytest.mark.parametrize("form", [Form.PEFT, Form.MERGED, Form.GGUF_F16])
def test_an_export_answers_as_the_engine_does(
    form: Form, tiny: Path, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read back by the field's own tools, every greedy answer is the engine's."""
    monkeypatch.setattr("sentitui.engine.export.gguf_files._SPLITTERS", {("llama", 320): "smollm"})
    done = export(form, tiny, adapter, tmp_path / "out", name=_NAME)
    assert done.asked == 8
    # The tiny model's answers are close calls, which rounding to 16 bits (bfloat16: 8 of precision) may turn.
    assert done.same >= {Form.PEFT: 8, Form.GGUF_F16: 6, Form.MERGED: 3}[form]
    assert done.bytes > 1000


def test_the_card_says_where_the_model_comes_from(tiny: Path, adapter: Path, tmp_path: Path) -> None:
    """Base, data hash, hyperparameters, losses, and what was checked."""
    export(Form.PEFT, tiny, adapter, tmp_path / "out", name=_NAME)
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    for said in (
        _NAME,
        "base_model: tiny",
        "ab" * 32,
        "n epochs: 2",
        "seed: 7",
        "| 6 | 2 | 0.2500 | 0.5000 |",
        "8",
    ):
        assert said in card


def test_an_adapter_for_llama_cpp_holds_every_matrix(
    tiny: Path, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two matrices for each of seven layers of two blocks, and the metadata that llama.cpp asks for."""
    gguf = pytest.importorskip("gguf")
    monkeypatch.setattr("sentitui.engine.export.gguf_files._SPLITTERS", {("llama", 320): "smollm"})
    done = export(Form.GGUF_LORA, tiny, adapter, tmp_path / "out", name=_NAME)
    reader = gguf.GGUFReader(next((tmp_path / "out").glob("*.gguf")))
    assert len(reader.tensors) == 2 * 7 * 2
    assert reader.fields["general.type"].contents() == "adapter"
    assert reader.fields["adapter.type"].contents() == "lora"
    assert done.asked == 0


def test_a_model_that_llama_cpp_does_not_know_by_name_is_refused(
    tiny: Path, adapter: Path, tmp_path: Path
) -> None:
    """The way out is named, and nothing half-written stays."""
    with pytest.raises(EngineError, match="GGUF") as caught:
        export(Form.GGUF_F16, tiny, adapter, tmp_path / "out", name=_NAME)
    assert "merged" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_not_touched(tiny: Path, adapter: Path, tmp_path: Path) -> None:
    """Whatever lies there stays."""
    (tmp_path / "mine").write_text("dear", "utf-8")
    with pytest.raises(EngineError, match="exists already"):
        export(Form.PEFT, tiny, adapter, tmp_path, name=_NAME)
    assert (tmp_path / "mine").read_text("utf-8") == "dear"


def test_nothing_but_our_own_words_reaches_stderr(
    tiny: Path,
    adapter: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The libraries' progress bars stay out of it, in every form that they load or write."""
    monkeypatch.setattr("sentitui.engine.export.gguf_files._SPLITTERS", {("llama", 320): "smollm"})
    for form in (Form.MERGED, Form.PEFT, Form.GGUF_F16):
        export(form, tiny, adapter, tmp_path / form.value, name=_NAME)
    assert capfd.readouterr().err == ""
