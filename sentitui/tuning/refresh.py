"""Brings the jobs of a provider up to date in the history."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from sentitui.errors import ProviderError
from sentitui.history import History
from sentitui.providers.answers import json_object
from sentitui.providers.mapping import map_error
from sentitui.providers.provider import Provider
from sentitui.tuning.jobs import Job
from sentitui.tuning.pages import EventReader
from sentitui.tuning.patience import Patience

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_RECENT = 50  # jobs asked for; older ones do not change any more
_SECONDS = 10.0


async def refresh_jobs(
    connect: Callable[[], Awaitable[AsyncOpenAI]], history: History, provider: Provider
) -> ProviderError | None:
    """Keeps the provider's recent jobs, and the events of those still running; returns what went wrong, if
    anything."""
    try:
        client = (await connect()).with_options(timeout=_SECONDS, max_retries=1)
        answer = await client.fine_tuning.jobs.with_raw_response.list(limit=_RECENT)
        for data in json_object(answer, provider).get("data") or ():
            job = Job.from_api(data, provider)
            stored = history.job(provider.name, job.id)
            if stored is not None and stored.complete:
                continue
            history.save_job(provider.name, data, provider.address)
            # Of jobs that ended unseen the object says enough; their events come when they are watched.
            if stored is not None or not job.is_terminal:
                patience = Patience(give_up_after=2)
                await EventReader(client, history, provider, job.id, patience).sync()
    except Exception as error:
        return map_error(error, provider)
    return None
