"""The API's objects, with exactly the keys of the published schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sentitui.engine.entities import Checkpoint, Event, Job, Part, StoredFile, TunedModel, Upload

OWNER = "local"
ORGANIZATION = "org-local"


def file(stored: StoredFile) -> dict[str, Any]:
    """A File; processed at once, because its content is judged by the job that uses it."""
    answer: dict[str, Any] = {
        "id": stored.id,
        "object": "file",
        "bytes": stored.bytes,
        "created_at": stored.created_at,
        "filename": stored.filename,
        "purpose": stored.purpose,
        "status": "processed",
    }
    if stored.expires_at is not None:
        answer["expires_at"] = stored.expires_at
    return answer


def upload(value: Upload, stored: StoredFile | None = None) -> dict[str, Any]:
    """An Upload, with its file once completed."""
    answer: dict[str, Any] = {
        "id": value.id,
        "object": "upload",
        "bytes": value.bytes,
        "created_at": value.created_at,
        "expires_at": value.expires_at,
        "filename": value.filename,
        "purpose": value.purpose,
        "status": value.status,
    }
    if stored is not None:
        answer["file"] = file(stored)
    return answer


def part(value: Part) -> dict[str, Any]:
    """An UploadPart."""
    answer = {"id": value.id, "object": "upload.part", "created_at": value.created_at}
    return answer | {"upload_id": value.upload_id}


def job(value: Job) -> dict[str, Any]:
    """A FineTuningJob.

    The published status enum has no "paused": a paused job is "queued" and carries `"paused": true` beside
    it.
    """
    shared = {
        name: value.hyperparameters[name] for name in ("n_epochs", "batch_size", "learning_rate_multiplier")
    }
    answer: dict[str, Any] = {
        "id": value.id,
        "object": "fine_tuning.job",
        "created_at": value.created_at,
        "error": None if value.error is None else dict(value.error),
        "fine_tuned_model": value.fine_tuned_model,
        "finished_at": value.finished_at,
        "hyperparameters": shared,
        "model": value.model,
        "organization_id": ORGANIZATION,
        "result_files": list(value.result_files),
        "status": value.status,
        "trained_tokens": value.trained_tokens,
        "training_file": value.training_file,
        "validation_file": value.validation_file,
        "integrations": [],
        "seed": value.seed,
        "estimated_finish": value.estimated_finish,
        "method": {"type": value.method, value.method: {"hyperparameters": dict(value.hyperparameters)}},
        "metadata": None if value.metadata is None else dict(value.metadata),
    }
    if value.paused and not value.ended:
        answer["paused"] = True
    return answer


def event(value: Event) -> dict[str, Any]:
    """A FineTuningJobEvent."""
    return {
        "object": "fine_tuning.job.event",
        "id": value.id,
        "created_at": value.created_at,
        "level": value.level,
        "message": value.message,
        "type": value.type,
        "data": dict(value.data),
    }


def checkpoint(value: Checkpoint) -> dict[str, Any]:
    """A FineTuningJobCheckpoint."""
    return {
        "object": "fine_tuning.job.checkpoint",
        "id": value.id,
        "created_at": value.created_at,
        "fine_tuned_model_checkpoint": value.name,
        "fine_tuning_job_id": value.job_id,
        "step_number": value.step,
        "metrics": dict(value.metrics),
    }


def base_model(name: str, created: int) -> dict[str, Any]:
    """A base model; local weights have no closing date."""
    return {"id": name, "object": "model", "created": created, "owned_by": OWNER, "shutdown_date": None}


def tuned_model(value: TunedModel) -> dict[str, Any]:
    """A tuned model."""
    return base_model(value.name, value.created_at)


def deleted(identifier: str, kind: str) -> dict[str, Any]:
    """The answer to a DELETE."""
    return {"id": identifier, "object": kind, "deleted": True}


def page(items: Sequence[dict[str, Any]], *, has_more: bool) -> dict[str, Any]:
    """A page of a list."""
    return {"object": "list", "data": list(items), "has_more": has_more}


def marked_page(items: Sequence[dict[str, Any]], *, has_more: bool, empty: str | None) -> dict[str, Any]:
    """A page with its first and last id; `empty` stands for them on an empty page."""
    first, last = (items[0]["id"], items[-1]["id"]) if items else (empty, empty)
    return page(items, has_more=has_more) | {"first_id": first, "last_id": last}
