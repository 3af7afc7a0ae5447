"""What clients may ask of jobs: create, cancel, pause, resume. Durable when each returns."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace

from sentitui.engine import limits
from sentitui.engine.entities import Job
from sentitui.engine.names import new_id
from sentitui.engine.ports import BaseModels
from sentitui.engine.responses.errors import bad_request, not_found
from sentitui.engine.store import Store
from sentitui.engine.validation.job_request import JobRequest
from sentitui.engine.worker import texts
from sentitui.engine.worker.folder import JobFolder
from sentitui.engine.worker.ingest import Ingest


class JobRequests:
    """Changes that clients make to jobs; methods block and may be called by any thread."""

    def __init__(self, store: Store, ingest: Ingest, bases: BaseModels) -> None:
        self._store = store
        self._ingest = ingest
        self._bases = bases

    def create(self, request: JobRequest) -> Job:
        """Enters a job into the queue. Raises ApiError for an unknown model or file."""
        now = int(time.time())
        job = self._job(request, now)
        self._check_file(request.training_file, "training_file", now)
        if request.validation_file is not None:
            self._check_file(request.validation_file, "validation_file", now)
        if len(self._store.jobs.open_jobs()) >= limits.PENDING_JOBS:
            raise bad_request("Too many jobs are waiting. Cancel some or wait.", None, "too_many_jobs")
        self._make_folder(job)
        with self._store.database.transaction():
            self._store.jobs.add(job)
            self._store.events.add(job.id, texts.created(job.id), at=now)
            self._store.events.add(job.id, texts.validating(job.training_file, job.validation_file), at=now)
        return job

    def cancel(self, job_id: str) -> Job:
        """Ends a job now; its trainer stops after the current step."""
        job = self._current(job_id, "cancel")
        now = int(time.time())
        with self._store.database.transaction():
            job = self._current(job_id, "cancel")
            self._store.events.add(job_id, texts.CANCELLED, at=now)
            self._store.jobs.update(
                job_id, status="cancelled", finished_at=now, paused=False, estimated_finish=None
            )
        if job.started:
            self._folder(job_id).ask("cancel")
        return replace(job, status="cancelled", finished_at=now, paused=False, estimated_finish=None)

    def pause(self, job_id: str) -> Job:
        """Keeps a job from training until resumed; a running one stops after the current step."""
        with self._store.database.transaction():
            job = self._current(job_id, "pause")
            if job.paused:
                return job
            self._store.jobs.update(job_id, paused=True)
            if not job.started:
                self._store.events.add(job_id, texts.PAUSED, at=int(time.time()))
            else:
                self._folder(job_id).ask("pause")
        return replace(job, paused=True)

    def resume(self, job_id: str) -> Job:
        """Lets a paused job go on in its turn."""
        with self._store.database.transaction():
            job = self._current(job_id, "resume")
            if not job.paused:
                raise bad_request(f"Job {job_id} is not paused.", None, "job_not_paused")
            self._folder(job_id).ask_nothing()
            self._store.events.add(job_id, texts.RESUMED, at=int(time.time()))
            self._store.jobs.update(job_id, paused=False)
        return replace(job, paused=False)

    def _current(self, job_id: str, action: str) -> Job:
        job = self._ingest.read(job_id)
        if job is None:
            raise not_found("fine-tuning job", job_id, "fine_tuning_job_id")
        if job.ended:
            message = f"Job has already completed: cannot {action} {job_id}, it is {job.status}."
            raise bad_request(message, None, "job_already_completed")
        return job

    def _folder(self, job_id: str) -> JobFolder:
        return JobFolder(self._store.home.jobs / job_id)

    def _make_folder(self, job: Job) -> None:
        try:
            self._folder(job.id).create(self._store, job.training_file, job.validation_file)
        except FileNotFoundError as error:
            # Deleted since it was checked; the empty folder goes with the next start.
            raise bad_request("A file of the job has just been deleted.", None, "file_not_found") from error

    def _check_file(self, file_id: str, param: str, now: int) -> None:
        stored = self._store.files.get(file_id, now)
        if stored is None:
            raise bad_request(f"Invalid {param}: no such file: {file_id[:200]}", param, "file_not_found")
        if stored.purpose != "fine-tune":
            message = f"Invalid {param}: its purpose is '{stored.purpose}', but must be 'fine-tune'."
            raise bad_request(message, param, "invalid_file_purpose")

    def _job(self, request: JobRequest, now: int) -> Job:
        tuned = self._store.models.get(request.model)
        if tuned is None and request.model not in self._bases.names():
            message = f"The model `{request.model[:200]}` does not exist or cannot be fine-tuned here."
            raise bad_request(message, "model", "model_not_found")
        return Job(
            id=new_id("ftjob-"),
            created_at=now,
            model=request.model,
            base=request.model if tuned is None else tuned.base,
            adapter=None if tuned is None else tuned.adapter,
            method=request.method,
            hyperparameters=request.hyperparameters,
            suffix=request.suffix,
            seed=secrets.randbelow(2**31) if request.seed is None else request.seed,
            metadata=request.metadata,
            training_file=request.training_file,
            validation_file=request.validation_file,
            status="validating_files",
        )
