"""A job's folder: the contract between server and trainer, all of it durable files.

`spec.json` says what to train, `training.jsonl` and `validation.jsonl` are the data (second names of the
uploaded files, so that deleting those hurts no job), `control` asks a running trainer to pause or cancel,
`progress.jsonl` is what the trainer says.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from sentitui.engine.entities import Job
from sentitui.engine.store import Store
from sentitui.engine.store.blobs import sync_folder, write_durably

TRAINING = "training.jsonl"
VALIDATION = "validation.jsonl"


class JobFolder:
    """The files of one job."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def progress(self) -> Path:
        """The trainer's lines."""
        return self.path / "progress.jsonl"

    def create(self, store: Store, training_file: str, validation_file: str | None) -> None:
        """Makes the folder with the job's data in it; durable when this returns."""
        self.path.mkdir(mode=0o700)
        store.files.blobs.link(training_file, self.path / TRAINING)
        if validation_file is not None:
            store.files.blobs.link(validation_file, self.path / VALIDATION)
        sync_folder(self.path.parent)

    def write_spec(self, job: Job, base_path: Path, threads: int | None) -> None:
        """Says what to train; the same every time for the same job."""
        validation = None if job.validation_file is None else str(self.path / VALIDATION)
        given: dict[str, Any] = {
            "job_id": job.id,
            "base": job.base,
            "base_path": str(base_path),
            "adapter_path": None if job.adapter is None else str(job.adapter),
            "method": job.method,
            "training_file": str(self.path / TRAINING),
            "validation_file": validation,
            "beta": "auto",
            **job.hyperparameters,
            "seed": job.seed,
            "suffix": job.suffix,
            "threads": threads,
        }
        write_durably(self.path / "spec.json", json.dumps(given, indent=1).encode())

    def ask(self, wish: Literal["pause", "cancel"]) -> None:
        """Asks a running trainer to stop after its current step."""
        write_durably(self.path / "control", wish.encode())

    def ask_nothing(self) -> None:
        """Takes back what was asked."""
        (self.path / "control").unlink(missing_ok=True)


def read_lines(path: Path, offset: int, most: int = 2**20) -> tuple[list[bytes], int]:
    """The whole lines after `offset` (at most about `most` bytes of them) and the offset behind them.

    A file shorter than the offset lost its unsynced end in a power cut: it is read from the start again,
    which is safe because what is already known is not taken twice.
    """
    try:
        with path.open("rb") as file:
            if file.seek(0, 2) < offset:
                offset = 0
            file.seek(offset)
            block = file.read(most)
            if block and b"\n" not in block:
                block += file.readline()
    except FileNotFoundError:
        return [], 0
    whole = block[: block.rfind(b"\n") + 1]
    return whole.splitlines(), offset + len(whole)
