"""Which models a provider has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentitui import safe
from sentitui.errors import ProviderError, ProviderRefused
from sentitui.providers.answers import json_object
from sentitui.providers.mapping import map_error
from sentitui.providers.provider import Provider

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_NAMED = 8  # models that fit into a hint


async def model_names(client: AsyncOpenAI, provider: Provider) -> list[str]:
    """Every model's id, as listed. Raises ProviderError."""
    try:
        body = json_object(await client.models.with_raw_response.list(), provider)
    except Exception as error:
        raise map_error(error, provider) from error
    data = body.get("data")
    return [str(each["id"]) for each in data if isinstance(each, dict) and "id" in each] if data else []


async def naming_models(client: AsyncOpenAI, provider: Provider, error: ProviderRefused) -> ProviderRefused:
    """The same refusal of an unknown model, with a hint that names some that there are."""
    try:
        names = await model_names(client, provider)
    except ProviderError as problem:
        error.add_note(f"Its models could not be listed: {problem.message}")
        return error
    if not names:
        return error
    shown = ", ".join(map(safe.line, names[:_NAMED])) + (" ..." if len(names) > _NAMED else "")
    return ProviderRefused(error.message, f"There are: {shown}", status=error.status, code=error.code)
