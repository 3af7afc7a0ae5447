"""The composition root: what the commands and the app are given, built once from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sentitui import config
from sentitui.history import History
from sentitui.providers.client import Connections
from sentitui.providers.local_engine import find_engine
from sentitui.providers.provider import ENGINE, Provider, names, provider

if TYPE_CHECKING:
    from openai import AsyncOpenAI


@dataclass(frozen=True, slots=True)
class Services:
    """Settings, history and connections; close it when done."""

    paths: config.Paths
    settings: config.Settings
    history: History
    connections: Connections

    def provider(
        self, name: str | None = None, *, base_url: str | None = None, api_key_env: str | None = None
    ) -> Provider:
        """The provider asked for; by default the settings' `default_provider`, else the engine.

        A base URL alone names a provider after its host. Raises ConfigError.
        """
        if name is None:
            name = (
                base_url_name(base_url)
                if base_url
                else str(self.settings.app.get("default_provider", ENGINE))
            )
        return provider(name, self.settings, base_url=base_url, api_key_env=api_key_env)

    def providers(self) -> list[str]:
        """The names of every provider, the engine first."""
        return names(self.settings)

    async def known_providers(self) -> list[Provider]:
        """The providers that may have news of jobs without starting anything: those of jobs in the history
        that have not ended, and the engine if it runs."""
        found: dict[str, Provider] = {}
        if await find_engine(self.paths.engine_home) is not None:
            found[ENGINE] = self.provider(ENGINE)
        for job in self.history.jobs():
            if not job.complete and job.provider not in found and job.provider != ENGINE:
                found[job.provider] = self.provider(
                    job.provider,
                    base_url=job.origin.get("base_url"),
                    api_key_env=job.origin.get("api_key_env"),
                )
        return list(found.values())

    async def client(self, chosen: Provider) -> AsyncOpenAI:
        """A connected client; starts the engine when that is what was chosen. Raises ProviderError."""
        return await self.connections.client(chosen)

    async def close(self) -> None:
        """Closes connections and the history."""
        await self.connections.close()
        self.history.close()


def build(environ: Mapping[str, str] | None = None) -> Services:
    """Everything from the environment and the settings file; opens no connection and imports no SDK."""
    paths = config.paths(environ)
    settings = config.load_settings(paths.settings)
    return Services(paths, settings, History(paths.history), Connections(paths))


def base_url_name(base_url: str) -> str:
    """What a provider that is only an address is called: its host and port."""
    from urllib.parse import urlsplit

    return urlsplit(base_url).netloc.rpartition("@")[2] or base_url
