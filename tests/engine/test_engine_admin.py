"""`sentitui engine stop` and `sentitui engine models`: what a person does besides serving."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sentitui.cli.engine import FORMS
from sentitui.cli.main import main
from sentitui.engine.export import Form
from sentitui.engine.registry import KnownModels, Registry
from sentitui.errors import WeightsError
from tests.engine.engine_client import MODEL, Engine
from tests.fakes.inference import OneBase

Output = pytest.CaptureFixture[str]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for weights."""
    monkeypatch.setenv("SENTITUI_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "models"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What passes for a local Hugging Face folder as long as nobody loads it."""
    made = tmp_path / "My-Model"
    made.mkdir()
    (made / "config.json").write_text("{}")
    (made / "model.safetensors").write_bytes(b"x" * 1_500_000)
    return made


def test_stop_ends_the_engine_and_says_when_there_is_none(
    start_engine: Callable[..., Engine], capsys: Output
) -> None:
    """The process is gone when the command returns; a second stop is no error."""
    engine = start_engine()
    words = ["engine", "--home", str(engine.home), "stop"]
    assert main(words) == 0
    assert engine.process.wait() == 0
    assert main(words) == 0
    assert capsys.readouterr().out == f"The engine has ended.\nNo engine runs on {engine.home}.\n"


def test_models_are_listed_with_their_size(
    start_engine: Callable[..., Engine], cache: Path, folder: Path, capsys: Output
) -> None:
    """Base, added and tuned models, each with its place; what has not been fetched says so."""
    engine = start_engine()
    tuned = str(engine.ended(engine.tune({"epochs": 1})).fine_tuned_model)
    assert main(["engine", "models", "add", str(folder)]) == 0
    assert capsys.readouterr().out == "My-Model can be tuned and asked.\n"
    assert main(["engine", "--home", str(engine.home), "models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [MODEL, "base", "not", "here"]
    assert lines[1].split() == ["My-Model", "base", "1.5", "MB", str(folder)]
    assert lines[2].split()[:2] == [tuned, "tuned"]
    assert lines[-1].endswith("MB in all")


def test_a_tuned_model_is_removed_only_while_no_engine_runs(
    start_engine: Callable[..., Engine], cache: Path, capsys: Output
) -> None:
    """The weights go too, and the next engine does not know it."""
    engine = start_engine()
    done = engine.ended(engine.tune({"epochs": 1}))
    words = ["engine", "--home", str(engine.home), "models", "remove", str(done.fine_tuned_model)]
    assert main(words) == 1
    assert "Stop it first" in capsys.readouterr().err
    waiting = engine.tune({"hold": 1}, model=done.fine_tuned_model)
    engine.stop()
    assert main(words) == 1
    assert f"being fine-tuned further by {waiting}" in capsys.readouterr().err
    engine = start_engine()
    engine.client.fine_tuning.jobs.cancel(waiting)
    engine.stop()
    assert main(words) == 0
    assert not list(engine.home.glob("jobs/*/checkpoints/*"))
    assert [model.id for model in start_engine().client.models.list()] == [MODEL, "owner/model"]


def test_an_added_model_is_forgotten_but_its_folder_stays(cache: Path, folder: Path, capsys: Output) -> None:
    """What we did not make we do not delete."""
    assert main(["engine", "models", "add", str(folder), "--name", "team/mine"]) == 0
    assert json.loads((cache / "added.json").read_text()) == {"team/mine": str(folder)}
    assert main(["engine", "models", "remove", "team/mine"]) == 0
    assert "left alone" in capsys.readouterr().out
    assert (folder / "config.json").exists()
    assert main(["engine", "models", "remove", "team/mine"]) == 1


def test_what_cannot_be_added_is_said(cache: Path, tmp_path: Path, folder: Path, capsys: Output) -> None:
    """A folder without a model, a name with a colon, a name that is taken."""
    assert main(["engine", "models", "add", str(tmp_path)]) == 1
    assert "no config.json" in capsys.readouterr().err
    assert main(["engine", "models", "add", str(folder), "--name", "ft:x"]) == 1
    assert "cannot be a model's name" in capsys.readouterr().err
    other = folder.rename(folder.parent / "other")
    Registry(cache).add("taken", "somewhere else")
    assert main(["engine", "models", "add", str(other), "--name", "taken"]) == 1
    assert "already the name of" in capsys.readouterr().err


def test_added_models_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    """Their names are listed last and located by their source."""
    registry = Registry(tmp_path)
    registry.add("mine", "/somewhere")
    located: list[str] = []

    class Recording(OneBase):
        def locate(self, name: str) -> Path:
            located.append(name)
            return super().locate(name)

    known = KnownModels(Recording(tmp_path), registry)
    assert list(known.names()) == [MODEL, "owner/model", "mine"]
    known.locate("mine")
    known.locate(MODEL)
    assert located == ["/somewhere", MODEL]


def test_a_damaged_list_of_added_models_is_named(tmp_path: Path) -> None:
    """With the file to correct."""
    (tmp_path / "added.json").write_text("{")
    with pytest.raises(WeightsError, match=r"added\.json"):
        Registry(tmp_path).entries()


def test_every_form_of_export_can_be_asked_for() -> None:
    """The command's choices are the exporter's forms."""
    assert sorted(FORMS) == sorted(form.value for form in Form)


def test_what_is_not_here_cannot_be_exported(tmp_path: Path, cache: Path, capsys: Output) -> None:
    """One message, nothing written."""
    words = ["engine", "--home", str(tmp_path / "home"), "export", "ft:nothing", str(tmp_path / "out")]
    assert main(words) == 1
    assert "no tuned model ft:nothing" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
