"""Cancelling, pausing and resuming a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sentitui.errors import ProviderRefused
from sentitui.history import History
from sentitui.providers.answers import json_object
from sentitui.providers.mapping import map_error
from sentitui.providers.provider import Provider
from sentitui.tuning.jobs import Job

if TYPE_CHECKING:
    from openai import AsyncOpenAI

Action = Literal["cancel", "pause", "resume"]


async def act_on(
    client: AsyncOpenAI, history: History, provider: Provider, job_id: str, action: Action
) -> Job:
    """Asks the provider for the action; returns the job as it answered, kept in the history.

    Raises ProviderError; ProviderRefused for what this provider cannot do.
    """
    if action != "cancel" and not provider.pausable:
        raise ProviderRefused(
            f"{provider.name} cannot {action} jobs.", f"`sentitui cancel {job_id}` ends one."
        )
    jobs = client.fine_tuning.jobs.with_raw_response
    calls = {"cancel": jobs.cancel, "pause": jobs.pause, "resume": jobs.resume}
    try:
        job = Job.from_api(json_object(await calls[action](job_id), provider), provider)
    except Exception as error:
        raise map_error(error, provider) from error
    history.save_job(provider.name, job.raw, provider.address)
    return job
