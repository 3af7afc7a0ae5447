"""Starts a fine-tuning job: uploads the files with progress, creates the job, once.

Creating is not repeated blindly: a request that timed out may have made the job. Each launch carries a nonce
in the job's metadata; after a failure the server's list is searched for it before another try.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentitui.errors import ProviderRefused, ProviderUnreachable
from sentitui.providers.answers import json_object
from sentitui.providers.mapping import map_error
from sentitui.providers.provider import Provider
from sentitui.tuning.jobs import Hyperparameters, Job
from sentitui.tuning.patience import Patience
from sentitui.tuning.upload import PartRules, upload

if TYPE_CHECKING:
    from openai import AsyncOpenAI

NONCE = "sentitui_launch"
_TRIES = 4
_RECENT = 50  # jobs looked through for the nonce


@dataclass(frozen=True, slots=True)
class LaunchRequest:
    """What to train. A file is a Path to upload, or the id of one already uploaded."""

    provider: Provider
    training_file: Path | str
    model: str
    validation_file: Path | str | None = None
    suffix: str | None = None
    method: str = "supervised"
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    seed: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Uploading:
    """`sent` of `total` bytes of a file are handed to the network."""

    name: str
    sent: int
    total: int


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file is at the provider."""

    name: str
    file_id: str


@dataclass(frozen=True, slots=True)
class Created:
    """The job exists."""

    job: Job


LaunchEvent = Uploading | Uploaded | Created
Emit = Callable[[LaunchEvent], None]


async def launch(
    client: AsyncOpenAI,
    request: LaunchRequest,
    emit: Emit,
    *,
    patience: Patience | None = None,
    parts: PartRules | None = None,
) -> Job:
    """Uploads what is a path and creates the job; tells `emit` of every step.

    What was uploaded for a job that is refused is deleted again. Which models can be tuned only the refusal
    tells: providers' lists leave some out.

    Raises DatasetError for a file that cannot be read, ProviderRefused, or ProviderUnreachable when it could
    not be found out in several tries whether the job was made.
    """
    sent: list[str] = []

    def note(event: LaunchEvent) -> None:
        if isinstance(event, Uploaded):
            sent.append(event.file_id)
        emit(event)

    try:
        training = await _file_id(client, request.provider, request.training_file, note, parts)
        validation = None
        if request.validation_file is not None:
            validation = await _file_id(client, request.provider, request.validation_file, note, parts)
        job = await _create(client, request, training, validation, patience or Patience())
    except ProviderRefused as refused:
        await _take_back(client, request.provider, sent, refused)
        raise
    emit(Created(job))
    return job


async def _take_back(
    client: AsyncOpenAI, provider: Provider, file_ids: Sequence[str], refused: ProviderRefused
) -> None:
    """Deletes what was uploaded for a job that there will not be; the refusal notes what stays."""
    for file_id in file_ids:
        try:
            await client.files.delete(file_id)
        except Exception as error:
            problem = map_error(error, provider)
            refused.add_note(f"{file_id} stays at {provider.name}: {problem.message}")


async def _file_id(
    client: AsyncOpenAI, provider: Provider, file: Path | str, emit: Emit, parts: PartRules | None
) -> str:
    if isinstance(file, str):
        return file
    file_id = await upload(
        client, provider, file, lambda sent, total: emit(Uploading(file.name, sent, total)), parts
    )
    emit(Uploaded(file.name, file_id))
    return file_id


async def _create(
    client: AsyncOpenAI, request: LaunchRequest, training: str, validation: str | None, patience: Patience
) -> Job:
    nonce = uuid.uuid4().hex
    body = creation_body(request, training, validation, nonce)
    once = client.with_options(max_retries=0)
    for attempt in range(1, _TRIES + 1):
        try:
            answer = await once.fine_tuning.jobs.with_raw_response.create(**body)
            return Job.from_api(json_object(answer, request.provider), request.provider)
        except Exception as error:
            problem = map_error(error, request.provider, model=request.model)
            if not isinstance(problem, ProviderUnreachable) or not request.provider.metadata:
                raise problem from error
            await patience.sleep(patience.delay(attempt))
            found = await _find(client, request.provider, nonce)
            if found is not None:
                return found
            if attempt == _TRIES:
                raise problem from error
    raise AssertionError("the last try returns or raises")


async def _find(client: AsyncOpenAI, provider: Provider, nonce: str) -> Job | None:
    """The job with that nonce; servers that do not filter by metadata are looked through here."""
    try:
        answer = await client.fine_tuning.jobs.with_raw_response.list(limit=_RECENT, metadata={NONCE: nonce})
        listed = json_object(answer, provider).get("data")
    except Exception as error:
        problem = map_error(error, provider)
        raise ProviderUnreachable(
            f"{problem.message} It is not known whether the job was created.",
            "Look with `sentitui jobs` before launching again.",
        ) from error
    jobs = [Job.from_api(each, provider) for each in listed or () if isinstance(each, dict)]
    return next((job for job in jobs if job.metadata.get(NONCE) == nonce), None)


def creation_body(
    request: LaunchRequest, training: str, validation: str | None, nonce: str
) -> dict[str, Any]:
    """The arguments of the SDK's `jobs.create`, in the form that the provider understands."""
    provider, numbers = request.provider, request.hyperparameters.to_api()
    body: dict[str, Any] = {"model": request.model, "training_file": training}
    if validation is not None:
        body["validation_file"] = validation
    if request.suffix:
        body["suffix"] = request.suffix
    if request.seed is not None:
        body["seed"] = request.seed
    if provider.metadata:
        body["metadata"] = {**request.metadata, NONCE: nonce}
    if provider.top_level_hyperparameters:
        body["hyperparameters"] = numbers
    elif numbers or request.method != "supervised":
        body["method"] = {"type": request.method, request.method: {"hyperparameters": numbers}}
    if provider.extra_body:
        body["extra_body"] = dict(provider.extra_body)
    return body
