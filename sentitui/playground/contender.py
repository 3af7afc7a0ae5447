"""Who is asked: a provider's model with its system prompt and sampling settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sentitui.providers.provider import Provider


@dataclass(frozen=True, slots=True)
class Contender:
    """One side of a comparison. None leaves a setting to the provider; `shots` are example messages after the
    system prompt."""

    name: str
    provider: Provider
    model: str
    system_prompt: str | None = None
    temperature: float | None = 1.0
    top_p: float | None = None
    max_tokens: int | None = 24
    seed: int | None = None
    shots: tuple[Mapping[str, Any], ...] = ()

    def messages(self, prompt: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The conversation to send: this contender's system prompt (instead of the prompt's own), shots, the
        prompt."""
        if self.system_prompt is None:
            return [*self.shots, *prompt]
        rest = [message for message in prompt if message.get("role") != "system"]
        head = [{"role": "system", "content": self.system_prompt}] if self.system_prompt else []
        return [*head, *self.shots, *rest]

    def settings(self) -> dict[str, Any]:
        """What it was asked with, for the history."""
        return {
            "name": self.name,
            "provider": self.provider.name,
            "model": self.model,
            "system_prompt": self.system_prompt,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "seed": self.seed,
            "shots": [dict(message) for message in self.shots],
        }
