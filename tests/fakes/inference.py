"""An inference double: answers from a script, at once, through the engine's own port."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from pathlib import Path

from sentitui.engine.ports import (
    Delta,
    Finished,
    Generated,
    Generation,
    GenerationRefused,
    InferenceState,
    TokenLogprob,
    Usage,
)
from sentitui.errors import EngineError


class ScriptedInference:
    """Echoes the last message word by word, unless its text asks for something else.

    "fail: TEXT" breaks off after one word with EngineError, "refuse" is refused before the first, "wait"
    never ends (the request must be given up), "count waiting" answers how many wait so, "adapter" answers the
    adapter folder's name.
    """

    def __init__(self) -> None:
        self.waiting = 0

    @property
    def state(self) -> InferenceState:
        """Always ready."""
        return "ready"

    @property
    def error(self) -> EngineError | None:
        """Never failed."""
        return None

    def start(self) -> None:
        """Nothing to load."""

    def close(self) -> None:
        """Nothing to stop."""

    async def generate(self, generation: Generation) -> AsyncGenerator[Generated, None]:
        """Yields the scripted answers."""
        text = str(generation.messages[-1]["content"])
        if text == "refuse":
            message = "Too long for this model."
            raise GenerationRefused(message, code="context_length_exceeded", param="messages")
        if text == "wait":
            await self._wait()
        if text == "count waiting":
            text = str(self.waiting)
        if text == "adapter":
            text = "base" if generation.adapter is None else generation.adapter.name
        words = text.split(" ")
        count = len(words) if generation.max_tokens is None else min(len(words), generation.max_tokens)
        for position, word in enumerate(words[:count]):
            for index in range(generation.n):
                yield Delta(index, word if position == 0 else f" {word}", _logprobs(generation, word))
            if text.startswith("fail:"):
                raise EngineError(text)
        for index in range(generation.n):
            yield Finished(index, "stop" if count == len(words) else "length")
        yield Usage(len(generation.messages), count * generation.n)

    async def _wait(self) -> None:
        self.waiting += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.waiting -= 1


class OneBase:
    """A base model that needs no weights."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """The default model's name, and one whose weights never arrive."""
        return ("smollm2-135m-instruct", "owner/model")

    def locate(self, name: str) -> Path:
        """A folder; blocks for ever for the second model."""
        if name == "owner/model":
            threading.Event().wait()
        return self._folder


def _logprobs(generation: Generation, word: str) -> tuple[TokenLogprob, ...]:
    if generation.top_logprobs is None:
        return ()
    other = TokenLogprob("other", float("-inf"), None)
    return (TokenLogprob(word, -0.5, tuple(word.encode()), (other,) * generation.top_logprobs),)
