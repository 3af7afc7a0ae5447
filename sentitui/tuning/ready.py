"""Waits until a tuned model answers: live services know a fresh one only after some minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentitui.errors import ProviderRefused, ProviderUnreachable
from sentitui.providers.mapping import map_error
from sentitui.providers.provider import Provider
from sentitui.tuning.patience import Patience

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_TRIES = 20
_SECONDS = 15.0


async def is_ready(
    client: AsyncOpenAI, provider: Provider, model: str, patience: Patience | None = None
) -> bool:
    """Whether the provider lists the model within some five minutes.

    Raises ProviderRefused for other refusals than "not found".
    """
    waiting = patience or Patience()
    for attempt in range(_TRIES):
        if attempt:
            await waiting.sleep(_SECONDS)
        try:
            await client.models.retrieve(model)
        except Exception as error:
            problem = map_error(error, provider, model=model)
            missing = isinstance(problem, ProviderRefused) and problem.status == 404
            if not missing and not isinstance(problem, ProviderUnreachable):
                raise problem from error
        else:
            return True
    return False
