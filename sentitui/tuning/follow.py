"""Follows a job: what the history holds first, then what the server adds, until the job has ended.

Resuming is a property of the data: whoever follows again, from this process or another, sees every event
once, oldest first, because all that is yielded is read back from the history in its order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from sentitui.errors import ProviderRefused
from sentitui.history import History, StoredEvent
from sentitui.providers.provider import Provider
from sentitui.tuning.jobs import Job, JobEvent
from sentitui.tuning.pages import EventReader
from sentitui.tuning.patience import Patience
from sentitui.tuning.reading import read_job

if TYPE_CHECKING:
    from openai import AsyncOpenAI

Connect = Callable[[], "Awaitable[AsyncOpenAI]"]
_CHUNK = 2000  # events read from the history at once, so that a long history does not hold up the loop
_QUIET_SWEEPS = 3  # sweeps without news before an ended job's events are taken as complete
_LOCAL_SWEEP, _REMOTE_SWEEP = (
    0.1,
    4.0,
)  # seconds between them: live services add events some 10 s after the end


async def follow(
    connect: Connect,
    history: History,
    provider: Provider,
    job_id: str,
    *,
    after: str | None = None,
    patience: Patience | None = None,
) -> AsyncIterator[JobEvent | Job]:
    """Yields the job's events, oldest first, each once; the job whenever it changed; last the ended job.

    `after` leaves out the events up to and with that id. A job whose history is complete needs no server:
    `connect` is not called. Failures to reach the server are waited out. Raises ProviderRefused when the
    server refuses (wrong key, no such job) or no event has the id `after`, and what `connect` raises.
    """
    stored = await asyncio.to_thread(history.job, provider.name, job_id)
    if stored is not None and stored.complete:
        async for event in _replay(history, provider, job_id, await _place(history, provider, job_id, after)):
            yield JobEvent.from_api(event.data)
        yield Job.from_api(stored.data, provider)
        return
    waiting = patience or Patience()
    client = await connect()
    reader = EventReader(client, history, provider, job_id, waiting)
    if after is not None and history.event_seq(provider.name, job_id, after) is None:
        await reader.sync()
    cursor = await _place(history, provider, job_id, after)
    async for each in _live(reader, cursor):
        yield each


async def _live(reader: EventReader, cursor: int) -> AsyncIterator[JobEvent | Job]:
    provider, waiting = reader.provider, reader.patience
    told: Job | None = None
    quiet = 0
    async for event in _replay(reader.history, provider, reader.job_id, cursor):
        cursor = event.seq
        yield JobEvent.from_api(event.data)
    while True:
        job = await current_job(reader)
        news = await reader.sync()
        async for event in _replay(reader.history, provider, reader.job_id, cursor):
            cursor = event.seq
            yield JobEvent.from_api(event.data)
        if job.is_terminal:
            quiet = 0 if news else quiet + 1
            if quiet >= _QUIET_SWEEPS:
                await asyncio.to_thread(reader.history.complete_job, provider.name, job.id)
                yield job
                return
            await waiting.sleep(_LOCAL_SWEEP if provider.is_local else _REMOTE_SWEEP)
            continue
        if job != told:
            told = job
            yield job
        await waiting.sleep(waiting.poll_seconds or provider.poll_seconds)


async def current_job(reader: EventReader) -> Job:
    """The job as the server has it now, kept in the history; failures to reach it are waited out."""
    data = await reader.patience.steadily(lambda: read_job(reader.client, reader.provider, reader.job_id))
    provider = reader.provider
    await asyncio.to_thread(reader.history.save_job, provider.name, data, provider.address)
    return Job.from_api(data, reader.provider)


async def _replay(
    history: History, provider: Provider, job_id: str, after: int
) -> AsyncIterator[StoredEvent]:
    while True:
        chunk = await asyncio.to_thread(
            lambda at: list(history.events(provider.name, job_id, at, _CHUNK)), after
        )
        for event in chunk:
            yield event
        if len(chunk) < _CHUNK:
            return
        after = chunk[-1].seq


async def _place(history: History, provider: Provider, job_id: str, after: str | None) -> int:
    if after is None:
        return 0
    seq = await asyncio.to_thread(history.event_seq, provider.name, job_id, after)
    if seq is None:
        raise ProviderRefused(
            f"Job {job_id} has no event {after}.", "Leave --after out to see all of them.", status=404
        )
    return seq
