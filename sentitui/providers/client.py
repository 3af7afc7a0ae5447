"""One `AsyncOpenAI` per provider: time-outs, retries, no proxy to our own machine, the engine's moving
address.

The SDK is imported when the first client is made, never before.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sentitui.config import Paths
from sentitui.errors import ProviderRefused
from sentitui.providers.local_engine import ensure_engine
from sentitui.providers.mapping import map_error
from sentitui.providers.provider import Provider, is_loopback

if TYPE_CHECKING:
    from openai import AsyncOpenAI

__all__ = ["Connections", "connect", "map_error"]


async def connect(
    provider: Provider, paths: Paths, *, environ: Mapping[str, str] | None = None, max_retries: int = 2
) -> AsyncOpenAI:
    """A client of that provider; for the engine, one is started when none runs.

    Raises ProviderRefused when the key is missing, EngineUnavailable when the engine cannot start.
    """
    from openai import AsyncOpenAI, DefaultAsyncHttpx2Client

    if provider.is_engine:
        from sentitui.providers.transport import EngineTransport

        address = await ensure_engine(paths.engine_home)
        return AsyncOpenAI(
            api_key=address.api_key,
            base_url=address.base_url,
            max_retries=max_retries,
            http_client=DefaultAsyncHttpx2Client(
                transport=EngineTransport(paths.engine_home), trust_env=False
            ),
        )
    key = api_key(provider, os.environ if environ is None else environ)
    local = provider.base_url is not None and is_loopback(provider.base_url)
    return AsyncOpenAI(
        api_key=key,
        base_url=provider.base_url,
        max_retries=max_retries,
        http_client=DefaultAsyncHttpx2Client(trust_env=False) if local else None,
    )


def api_key(provider: Provider, environ: Mapping[str, str]) -> str:
    """The provider's key from the environment; a server on this machine may need none.

    Raises ProviderRefused naming the variable to set.
    """
    key = environ.get(provider.api_key_env, "")
    if key:
        return key
    if provider.base_url is not None and is_loopback(provider.base_url):
        return "none"  # the SDK refuses an empty key
    raise ProviderRefused(
        f"No key for {provider.name}: the environment variable {provider.api_key_env} is not set.",
        f"export {provider.api_key_env}=..., or name another variable with --api-key-env.",
    )


class Connections:
    """The clients in use, one per provider, made when first asked for."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._connecting = asyncio.Lock()
        self._clients: dict[tuple[str, str | None, str], AsyncOpenAI] = {}

    async def client(self, provider: Provider) -> AsyncOpenAI:
        """The provider's client; raises as `connect` does."""
        key = (provider.name, provider.base_url, provider.api_key_env)
        # One at a time: twenty who ask at once get one client, and start one engine.
        async with self._connecting:
            if key not in self._clients:
                self._clients[key] = await connect(provider, self._paths)
        return self._clients[key]

    async def close(self) -> None:
        """Closes every connection."""
        while self._clients:
            _, client = self._clients.popitem()
            await client.close()
