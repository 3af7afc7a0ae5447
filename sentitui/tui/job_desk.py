"""What the Jobs place asks of the services: list, launch, follow and stop jobs. No widgets."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from sentitui.providers.local_engine import find_engine
from sentitui.providers.mapping import map_error
from sentitui.providers.provider import Provider
from sentitui.services import Services
from sentitui.tuning.follow import follow
from sentitui.tuning.jobs import Job, JobEvent
from sentitui.tuning.launch import Emit, LaunchRequest, launch
from sentitui.tuning.patience import Patience
from sentitui.tuning.seen import SeenJob, seen_jobs

if TYPE_CHECKING:
    from openai import AsyncOpenAI


async def client(services: Services, provider: Provider) -> AsyncOpenAI:
    """A connected client; the SDK's half second of importing is spent off the loop. Raises ProviderError."""
    await asyncio.to_thread(importlib.import_module, "openai")
    return await services.client(provider)


class JobDesk:
    """The jobs as the app sees them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def seen(self) -> list[SeenJob]:
        """Every job in the history, newest first."""
        return await asyncio.to_thread(seen_jobs, self._services.history)

    def provider_of(self, job: SeenJob) -> Provider:
        """The provider of a job, by what was noted when it was launched. Raises ConfigError."""
        stored = self._services.history.job(job.provider, job.id)
        origin = stored.origin if stored else {}
        if job.provider in self._services.providers():
            return self._services.provider(job.provider)
        return self._services.provider(
            job.provider, base_url=origin.get("base_url"), api_key_env=origin.get("api_key_env")
        )

    async def ask_server(self) -> bool:
        """Takes the default provider's newest jobs over into the history; False when it was not asked.

        An engine that does not run is not started for this. Raises ProviderError.
        """
        provider = self._services.provider()
        home = self._services.paths.engine_home
        if provider.is_engine and await find_engine(home) is None:
            return False
        connected = await client(self._services, provider)
        try:
            answer = await connected.fine_tuning.jobs.with_raw_response.list(limit=100)
            found = json.loads(answer.http_response.content).get("data", [])
        except Exception as error:
            raise map_error(error, provider) from error
        for job in found:
            await asyncio.to_thread(self._services.history.save_job, provider.name, job)
        return True

    async def launch(self, request: LaunchRequest, emit: Emit) -> Job:
        """Uploads, creates, notes it in the history. Raises DatasetError, ProviderError."""
        connected = await client(self._services, request.provider)
        origin = await asyncio.to_thread(_origin, request)
        job = await launch(connected, request, emit)
        await asyncio.to_thread(self._services.history.save_job, request.provider.name, job.raw, origin)
        return job

    def follow(self, job: SeenJob, patience: Patience) -> AsyncIterator[JobEvent | Job]:
        """Everything that happened, then what happens, until the job has ended. Raises ProviderError."""
        provider = self.provider_of(job)
        return follow(
            lambda: client(self._services, provider),
            self._services.history,
            provider,
            job.id,
            patience=patience,
        )

    async def act(self, job: SeenJob, action: str) -> None:
        """Cancels, pauses or resumes a job (`action` is the API's word). Raises ProviderError."""
        provider = self.provider_of(job)
        connected = await client(self._services, provider)
        try:
            await getattr(connected.fine_tuning.jobs, action)(job.id)
        except Exception as error:
            raise map_error(error, provider) from error


def _origin(request: LaunchRequest) -> dict[str, Any]:
    """Where the job is asked for, and which file it is made from."""
    provider, file = request.provider, request.training_file
    origin: dict[str, Any] = {"base_url": provider.base_url, "api_key_env": provider.api_key_env}
    if not isinstance(file, str):
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        origin["training"] = {"path": str(file.absolute()), "sha256": digest}
    return origin
