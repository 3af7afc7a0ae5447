"""Which tokenizer counts for a provider: OpenAI's ranks, or the engine's own model when it is installed."""

from __future__ import annotations

from functools import cache

from sentitui.config import paths
from sentitui.dataset.profiles import Profile
from sentitui.dataset.tokens import Counter, model_counter, openai_counter
from sentitui.errors import DatasetError

_ENGINE_MODEL = "smollm2-135m-instruct-*"


def counter_for(profile: Profile) -> Counter:
    """The counter for a provider's models; for the engine without its weights or extra, OpenAI's."""
    return _engine_counter() if profile.name == "engine" else openai_counter()


@cache
def _engine_counter() -> Counter:
    for folder in sorted(paths().models.glob(_ENGINE_MODEL)):
        try:
            return model_counter(folder)
        except DatasetError:
            break  # half-fetched, or no [engine] extra: the count then says that it is OpenAI's
    return openai_counter()


def is_own(counter: Counter, profile: Profile) -> bool:
    """Whether a count is of the provider's own tokenizer, so exact for it."""
    return profile.name in ("openai", "azure") or (
        profile.name == "engine" and counter is not openai_counter()
    )
