"""What the HTTP side of the engine asks of the side that owns weights: values and protocols, no torch.

The routes and the supervisor know only this; `inference` and `weights` implement it, and so do the tests'
doubles.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from sentitui.errors import EngineError

FinishReason = Literal["stop", "length", "tool_calls"]
InferenceState = Literal["loading", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Generation:
    """One request for completions: `n` answers to the same messages by one model.

    `base` is a base model's id, `adapter` the LoRA folder on top of it (None: the base itself). `max_tokens`
    None means up to the context's end. `top_logprobs` None means no log-probabilities, 0 those of the chosen
    tokens only. `answer_schema`: the JSON schema that every whole answer satisfies.
    """

    base: str
    messages: Sequence[Mapping[str, Any]]
    adapter: Path | None = None
    n: int = 1
    max_tokens: int | None = None
    temperature: float = 1.0
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    logit_bias: Mapping[int, float] = field(default_factory=dict)
    top_logprobs: int | None = None
    tools: Sequence[Mapping[str, Any]] | None = None
    answer_schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """One token's text, natural log-probability and UTF-8 bytes, with the likeliest alternatives."""

    token: str
    logprob: float
    bytes: tuple[int, ...] | None
    top: tuple[TokenLogprob, ...] = ()


@dataclass(frozen=True, slots=True)
class Delta:
    """More text of answer `index`, with the log-probabilities of the tokens it is made of when asked for."""

    index: int
    text: str
    logprobs: tuple[TokenLogprob, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """Answer `index` has ended: "stop" by the model or a stop text, "length" by the token limit."""

    index: int
    reason: FinishReason


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of the prompt (counted once) and of all answers together; comes last."""

    prompt_tokens: int
    completion_tokens: int


Generated = Delta | Finished | Usage


class GenerationRefused(EngineError):  # noqa: N818 - it names what happened
    """A request the model cannot serve: `code` and `param` as the API reports them (status 400)."""

    def __init__(self, message: str, *, code: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.param = param


class Inference(Protocol):
    """Answers with a base model and its adapters; loads in the background."""

    @property
    def state(self) -> InferenceState:
        """Whether the model can answer now; requests made while loading wait."""

    @property
    def error(self) -> EngineError | None:
        """Why loading failed."""

    def start(self) -> None:
        """Begins loading and returns at once."""

    def generate(self, generation: Generation) -> AsyncGenerator[Generated, None]:
        """Streams the answers; closing the generator frees the rows.

        Raises GenerationRefused (before the first item) for what the model cannot serve, EngineError when
        loading failed.
        """

    def close(self) -> None:
        """Stops loading and generating."""


class BaseModels(Protocol):
    """The base models that can be tuned and asked here."""

    def names(self) -> Sequence[str]:
        """Their ids, the default first."""

    def locate(self, name: str) -> Path:
        """The folder of a base model's weights, fetched if need be (blocking). Raises WeightsError."""
