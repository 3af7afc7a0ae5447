"""A job's losses, wherever its provider tells them: events, else checkpoints, else the results file.

Newest knowledge first does not matter here: the first source that has any loss is taken, in the order of how
fine it is. A results file may come base64-encoded (seen on OpenAI); both forms are read.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
from typing import TYPE_CHECKING

from sentitui.errors import ProviderUnreachable
from sentitui.history import History
from sentitui.providers.answers import json_object
from sentitui.providers.mapping import map_error
from sentitui.providers.provider import Provider
from sentitui.tuning.jobs import Checkpoint, Job, JobEvent

if TYPE_CHECKING:
    from openai import AsyncOpenAI


async def losses(client: AsyncOpenAI, history: History, provider: Provider, job: Job) -> list[float]:
    """The training losses in step order; empty when the provider tells none. Raises ProviderError."""
    found = event_losses(history, provider, job.id)
    if not found:
        saved = sorted(await checkpoints(client, provider, job.id), key=lambda each: each.step)
        found = [each.metrics["train_loss"] for each in saved if "train_loss" in each.metrics]
    if not found and job.result_files:
        found = await _file_losses(client, provider, job.result_files[0])
    return found


def event_losses(history: History, provider: Provider, job_id: str) -> list[float]:
    """The losses in the stored events."""
    events = (JobEvent.from_api(each.data) for each in history.events(provider.name, job_id))
    return [event.train_loss for event in events if event.train_loss is not None]


async def checkpoints(client: AsyncOpenAI, provider: Provider, job_id: str) -> list[Checkpoint]:
    """The job's checkpoints as listed (their order differs between providers). Raises ProviderError."""
    try:
        listing = client.fine_tuning.jobs.checkpoints.with_raw_response
        body = json_object(await listing.list(job_id, limit=100), provider)
    except Exception as error:
        raise map_error(error, provider) from error
    data = body.get("data")
    return (
        [Checkpoint.from_api(each) for each in data if isinstance(each, dict)]
        if isinstance(data, list)
        else []
    )


async def _file_losses(client: AsyncOpenAI, provider: Provider, file_id: str) -> list[float]:
    try:
        content = (await client.files.content(file_id)).content
    except Exception as error:
        raise map_error(error, provider) from error
    return read_losses(content, provider)


def read_losses(content: bytes, provider: Provider) -> list[float]:
    """The `train_loss` column of a results file, plain or base64. Raises ProviderUnreachable when it is
    neither."""
    text = content
    if not content.startswith(b"step"):
        try:
            text = base64.b64decode(content, validate=True)
        except binascii.Error as error:
            raise ProviderUnreachable(f"The results file of {provider.name} cannot be read.") from error
    rows = csv.DictReader(io.StringIO(text.decode("utf-8", "replace")))
    return [float(row["train_loss"]) for row in rows if row.get("train_loss")]
