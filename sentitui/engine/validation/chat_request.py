"""The body of POST /chat/completions.

What the engine cannot do is refused, never ignored: an answer that silently lacks what was asked for is
worse than none. Only parameters that change nothing in the answer are accepted without effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sentitui.engine.responses.errors import bad_request
from sentitui.engine.validation.fields import Fields, wrong_type
from sentitui.engine.validation.messages import checked_messages, checked_tools
from sentitui.engine.validation.response_format import answer_schema

_SAMPLING = (
    "temperature",
    "top_p",
    "n",
    "seed",
    "stop",
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
)
_SHAPE = ("max_tokens", "max_completion_tokens", "stream", "stream_options", "logprobs", "top_logprobs")
_TOOLS = ("tools", "tool_choice", "parallel_tool_calls")
_WITHOUT_EFFECT = ("user", "store", "metadata", "service_tier", "safety_identifier", "prompt_cache_key")
_KEYS = ("model", "messages", *_SAMPLING, *_SHAPE, *_TOOLS, "response_format", *_WITHOUT_EFFECT)


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A checked request, with OpenAI's defaults filled in."""

    model: str
    messages: Sequence[Mapping[str, Any]]
    n: int
    max_tokens: int | None
    temperature: float
    top_p: float
    seed: int | None
    stop: tuple[str, ...]
    frequency_penalty: float
    presence_penalty: float
    logit_bias: Mapping[int, float]
    top_logprobs: int | None
    tools: Sequence[Mapping[str, Any]] | None
    answer_schema: Mapping[str, Any] | None
    stream: bool
    include_usage: bool


def chat_request(body: Any) -> ChatRequest:
    """Checks the body. Raises ApiError naming the parameter that is wrong."""
    fields = Fields(body)
    fields.only(_KEYS)
    fields.require("model")
    fields.require("messages")
    stream = fields.boolean("stream") or False
    temperature, top_p = fields.number("temperature", 0, 2), fields.number("top_p", 0, 1)
    return ChatRequest(
        model=fields.text("model") or "",
        messages=checked_messages(fields),
        n=fields.integer("n", 1, 128) or 1,
        max_tokens=_max_tokens(fields),
        temperature=1.0 if temperature is None else temperature,
        top_p=1.0 if top_p is None else top_p,
        seed=fields.integer("seed", -(2**63), 2**63 - 1),
        stop=_stop(fields),
        frequency_penalty=fields.number("frequency_penalty", -2, 2) or 0.0,
        presence_penalty=fields.number("presence_penalty", -2, 2) or 0.0,
        logit_bias=_logit_bias(fields),
        top_logprobs=_top_logprobs(fields),
        tools=checked_tools(fields),
        answer_schema=answer_schema(fields),
        stream=stream,
        include_usage=_include_usage(fields, stream=stream),
    )


def _max_tokens(fields: Fields) -> int | None:
    old, new = fields.integer("max_tokens", 1), fields.integer("max_completion_tokens", 1)
    if old is not None and new is not None:
        message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
        raise bad_request(message, "max_tokens", "invalid_parameter_combination")
    return old if new is None else new


def _stop(fields: Fields) -> tuple[str, ...]:
    value = fields.value("stop")
    if value is None:
        return ()
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list):
        raise wrong_type("stop", "a string or an array of strings", value)
    if len(texts) > 4:
        message = (
            f"Invalid 'stop': array too long. Expected at most 4 sequences, but got {len(texts)} instead."
        )
        raise bad_request(message, "stop", "array_above_max_length")
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise wrong_type(f"stop[{index}]", "a string", text)
    # An empty text stands everywhere; OpenAI ignores it too.
    return tuple(text for text in texts if text)


def _logit_bias(fields: Fields) -> dict[int, float]:
    nested = fields.object("logit_bias")
    if nested is None:
        return {}
    biases = {}
    for name in fields.value("logit_bias"):
        if not name.isdecimal() or len(name) > 9:
            message = f"Invalid key in 'logit_bias': {name[:50]}. You should only be submitting token ids."
            raise bad_request(message, "logit_bias", "invalid_value")
        biases[int(name)] = nested.number(name, -100, 100) or 0.0
    return biases


def _top_logprobs(fields: Fields) -> int | None:
    wanted = fields.boolean("logprobs") or False
    top = fields.integer("top_logprobs", 0, 20)
    if top is not None and not wanted:
        message = "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled."
        raise bad_request(message, "top_logprobs", "invalid_parameter_combination")
    return (top or 0) if wanted else None


def _include_usage(fields: Fields, *, stream: bool) -> bool:
    options = fields.object("stream_options")
    if options is None:
        return False
    if not stream:
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise bad_request(message, "stream_options", "invalid_parameter_combination")
    options.only(("include_usage", "include_obfuscation"))
    options.boolean("include_obfuscation")
    return options.boolean("include_usage") or False
