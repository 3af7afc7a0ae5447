"""The things the engine keeps, as values: what a table's entry becomes when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

JobStatus = Literal["validating_files", "queued", "running", "succeeded", "failed", "cancelled"]
Method = Literal["supervised", "dpo"]
TERMINAL = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as the API shows it; its bytes lie in the home under its id. Times are Unix seconds."""

    id: str
    filename: str
    purpose: str
    bytes: int
    created_at: int
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that arrives in parts; `bytes` is the size promised."""

    id: str
    filename: str
    purpose: str
    bytes: int
    mime_type: str
    created_at: int
    expires_at: int
    status: Literal["pending", "completed", "cancelled", "expired"]
    file_seconds: int | None
    file_id: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of an upload."""

    id: str
    upload_id: str
    bytes: int
    created_at: int


@dataclass(frozen=True, slots=True)
class Job:
    """A fine-tuning job.

    `base` is the base model at the root, `model` what the client named (the base or a tuned model),
    `adapter` the tuned model's folder to go on from. `started` tells that the trainer has been asked to run,
    `paused` that it must not. `offset` is how much of the trainer's progress file is already in the store.
    """

    id: str
    created_at: int
    model: str
    base: str
    adapter: Path | None
    method: Method
    hyperparameters: Mapping[str, Any]
    suffix: str | None
    seed: int
    metadata: Mapping[str, str] | None
    training_file: str
    validation_file: str | None
    status: JobStatus
    started: bool = False
    paused: bool = False
    error: Mapping[str, Any] | None = None
    fine_tuned_model: str | None = None
    finished_at: int | None = None
    trained_tokens: int | None = None
    result_files: tuple[str, ...] = ()
    estimated_finish: int | None = None
    offset: int = 0
    last_step: int = 0
    restarts: int = 0

    @property
    def ended(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.status in TERMINAL


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a job; `sequence` orders all events of the engine."""

    sequence: int
    id: str
    job_id: str
    created_at: int
    level: Literal["info", "warn", "error"]
    message: str
    type: Literal["message", "metrics"]
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A job's adapter after some step; visible to clients once the job has succeeded (`name` is set then)."""

    id: str
    job_id: str
    created_at: int
    step: int
    path: Path
    metrics: Mapping[str, float]
    name: str | None


@dataclass(frozen=True, slots=True)
class TunedModel:
    """A tuned model that can be asked: the base's id and the adapter folder on top of it."""

    name: str
    created_at: int
    job_id: str
    base: str
    adapter: Path
