"""A request on its way through the scheduler: what was asked, what it became, and where its answers go."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sentitui.engine.chat import ChatFormat, ChatRefused
from sentitui.engine.inference.constrained import Constraint, Grammars
from sentitui.engine.inference.sampling import Sampling
from sentitui.engine.inference.text import TextStream
from sentitui.engine.ports import (
    Delta,
    Finished,
    FinishReason,
    Generated,
    Generation,
    GenerationRefused,
    TokenLogprob,
    Usage,
)

Deliver = Callable[["list[Generated] | Exception"], None]


@dataclass(slots=True)
class Request:
    """One generation; `deliver` hands items to the one who waits, `cancelled` is set by them."""

    generation: Generation
    deliver: Deliver
    prompt: list[int] = field(default_factory=list)
    limit: int = 0
    constraint: Constraint | None = None
    open_answers: int = 0
    said_tokens: int = 0
    cancelled: bool = False

    @property
    def owner(self) -> Path | None:
        """The adapter that answers; None: the base."""
        return self.generation.adapter

    def prepare(self, chat: ChatFormat, grammars: Grammars, context: int) -> None:
        """Turns the messages into tokens and the schema into a grammar.

        Raises GenerationRefused when they do not fit the model or cannot be compiled.
        """
        try:
            text = chat.render(self.generation.messages, self.generation.tools, answer_next=True)
        except ChatRefused as error:
            message = f"{error.message} {error.hint}".strip()
            raise GenerationRefused(message, code="invalid_value", param="messages") from error
        self.prompt = chat.tokens(text)
        room = context - len(self.prompt)
        if room <= 0 or not self.prompt:
            raise GenerationRefused(
                f"This model's maximum context length is {context} tokens. However, your messages resulted "
                f"in {len(self.prompt)} tokens. Please reduce the length of the messages.",
                code="context_length_exceeded",
                param="messages",
            )
        self.limit = min(self.generation.max_tokens or room, room)
        if self.generation.answer_schema is not None:
            self.constraint = grammars.constraint(self.generation.answer_schema)
        self.open_answers = self.generation.n

    def answers(self, tokenizer: Any) -> list[Answer]:
        """The rows that this request needs, each with its own random numbers."""
        seed = secrets.randbits(64) if self.generation.seed is None else self.generation.seed
        return [Answer(self, index, tokenizer, seed) for index in range(self.generation.n)]

    def answered(self, items: list[Generated]) -> None:
        """One of the answers has ended with `items`; after the last one the usage follows."""
        self.open_answers -= 1
        if self.open_answers == 0:
            items.append(Usage(len(self.prompt), self.said_tokens))


class Answer:
    """One row: grows by a token a step until the model, a stop text or the limit ends it."""

    def __init__(self, request: Request, index: int, tokenizer: Any, seed: int) -> None:
        asked = request.generation
        self.request = request
        self.index = index
        self.last = 0
        self.finished = False
        # Each answer draws from a stream of its own: the same seed and index, the same answer.
        generator = random.Random(f"{seed}:{index}")  # noqa: S311 - sampling, not a secret
        self.sampling = Sampling(
            asked.temperature,
            asked.top_p,
            generator,
            asked.frequency_penalty,
            asked.presence_penalty,
            asked.logit_bias,
        )
        self.constraint = request.constraint and request.constraint.copy()
        self._text = TextStream(tokenizer, asked.stop)
        self._said = 0
        self._logprobs: list[TokenLogprob] = []

    def push(self, token: int, logprob: TokenLogprob | None, stops: frozenset[int]) -> list[Generated]:
        """Takes the next token; what may be told now. Sets `finished` at the end."""
        self.last = token
        self._said += 1
        self.request.said_tokens += 1
        if token in stops:
            return self._end("stop", self._text.finish())
        if logprob is not None:
            self._logprobs.append(logprob)
        text = self._text.push(token)
        whole = self.constraint is not None and self.constraint.take(token)
        if self._text.stopped:
            return self._end("stop", text)
        if whole:
            return self._end("stop", text + self._text.finish())
        if self._said >= self.request.limit:
            return self._end("length", text + self._text.finish())
        return self._delta(text)

    def _delta(self, text: str) -> list[Generated]:
        if not text:
            return []
        told, self._logprobs = tuple(self._logprobs), []
        return [Delta(self.index, text, told)]

    def _end(self, reason: FinishReason, text: str) -> list[Generated]:
        self.finished = True
        items: list[Generated] = []
        if text or self._logprobs:
            items.append(Delta(self.index, text, tuple(self._logprobs)))
        items.append(Finished(self.index, reason))
        self.request.answered(items)
        return items
