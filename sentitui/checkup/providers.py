"""Is there a key, does the provider answer? A key is sent to its own provider and to nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from sentitui import safe
from sentitui.checkup.fact import Fact, Verdict
from sentitui.config import Paths
from sentitui.errors import ProviderError
from sentitui.providers.local_engine import find_engine, missing_libraries
from sentitui.providers.provider import Provider

_SECONDS = 8.0


async def provider_facts(
    chosen: Provider, others: Sequence[Provider | Fact], places: Paths, env: Mapping[str, str]
) -> list[Fact]:
    """The chosen provider and what is known of the others; only those with a key are asked."""
    facts = [_provider(chosen, places, env, main=True)]
    facts += [_provider(other, places, env, main=False) for other in others if isinstance(other, Provider)]
    return [*await asyncio.gather(*facts), *(other for other in others if isinstance(other, Fact))]


async def _provider(provider: Provider, places: Paths, env: Mapping[str, str], *, main: bool) -> Fact:
    name = safe.line(provider.name)
    if provider.is_engine and await find_engine(places.engine_home) is None:
        if missing_libraries():
            return Fact("providers", name, "not installed here", Verdict.NOTE)
        return Fact("providers", name, "needs no key; starts when it is first used")
    if not (provider.is_local or env.get(provider.api_key_env)):
        verdict = Verdict.FAILED if main else Verdict.NOTE
        value = f"no key: {safe.line(provider.api_key_env)} is not set"
        return Fact("providers", name, value, verdict, f"export {safe.line(provider.api_key_env)}=...")
    try:
        return Fact("providers", name, await _answer(provider, places, env))
    except ProviderError as error:
        verdict = Verdict.FAILED if main else Verdict.WARNING
        return Fact("providers", name, _without_key(error.message, provider, env), verdict, error.hint)


async def _answer(provider: Provider, places: Paths, env: Mapping[str, str]) -> str:
    """Asks for the models, once. Raises ProviderError."""
    from sentitui.providers.client import connect, map_error

    client = await connect(provider, places, environ=env, max_retries=0)
    try:
        async with client.with_options(timeout=_SECONDS) as asking:
            models = [model.id async for model in asking.models.list()]
    except Exception as error:
        raise map_error(error, provider) from error
    finally:
        await client.close()
    key = f", key from {safe.line(provider.api_key_env)}" if env.get(provider.api_key_env) else ""
    return f"answers, {len(models)} {'model' if len(models) == 1 else 'models'}{key}"


def _without_key(message: str, provider: Provider, env: Mapping[str, str]) -> str:
    """Some providers quote the key in their refusals; what we print has it nowhere."""
    key = env.get(provider.api_key_env)
    return message.replace(key, "…") if key else message
