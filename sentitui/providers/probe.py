"""Tries a connection: what works at a provider, and why the rest does not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentitui.providers.answers import json_object
from sentitui.providers.mapping import map_error
from sentitui.providers.provider import Provider

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Ability:
    """One thing a provider can do or not; `detail` says how many there are, or why not and what to do."""

    name: str
    works: bool
    detail: str


async def probe(client: AsyncOpenAI, provider: Provider) -> list[Ability]:
    """Lists models, files and fine-tuning jobs, all at once; never raises for what the provider answers."""
    quick = client.with_options(timeout=_SECONDS, max_retries=0)
    questions: list[tuple[str, Callable[[], Awaitable[Any]]]] = [
        ("models", quick.models.with_raw_response.list),
        ("files", lambda: quick.files.with_raw_response.list(limit=100)),
        ("fine-tuning", lambda: quick.fine_tuning.jobs.with_raw_response.list(limit=100)),
    ]
    return list(await asyncio.gather(*(_try(provider, name, ask) for name, ask in questions)))


async def _try(provider: Provider, name: str, ask: Callable[[], Awaitable[Any]]) -> Ability:
    try:
        body = json_object(await ask(), provider)
    except Exception as error:
        problem = map_error(error, provider)
        return Ability(name, False, f"{problem.message} {problem.hint}".strip())
    data = body.get("data")
    more = " or more" if body.get("has_more") else ""
    return Ability(name, True, f"{len(data)}{more}" if isinstance(data, list) else "an empty answer")
