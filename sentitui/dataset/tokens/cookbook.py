"""The count for OpenAI-shaped models: the cookbook's formula on o200k_base.

3 per message + the tokens of its values + 1 for a name + 3 per example ("How to count tokens with tiktoken"
and "Data preparation and analysis for chat model fine-tuning"). The count that is billed may differ
slightly.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from sentitui.dataset.tokens.counts import TokenCount, sections, trained_messages
from sentitui.dataset.tokens.function_tokens import tools_tokens
from sentitui.dataset.tokens.ranks import text_tokens

PER_MESSAGE = 3
PER_NAME = 1
PER_EXAMPLE = 3


class OpenAICounter:
    """Counts as the cookbook does, on the o200k_base ranks."""

    name = "o200k_base"

    def text(self, text: str) -> int:
        """The tokens of a bare text."""
        return text_tokens(text)

    def count(self, data: Mapping[str, Any]) -> TokenCount:
        """The tokens of an example: chat, preference, reinforcement or prompt/completion."""
        read, answers = sections(data)
        messages = [*read, *answers]
        trained = [False] * len(read) + [True] * len(answers) if answers else trained_messages(read)
        per_message, learned, exact = [], 0, True
        for message, is_trained in zip(messages, trained, strict=True):
            overhead, values, known = _message(message)
            per_message.append(overhead + values)
            learned += values if is_trained else 0
            exact = exact and known
        tools, total = data.get("tools") or data.get("functions"), sum(per_message)
        if tools:
            total, exact = total + tools_tokens(tools, text_tokens), False
        if "messages" in data or "input" in data:
            total += PER_EXAMPLE
        # No source says how the two answers of a preference example are counted.
        exact = exact and "input" not in data
        return TokenCount(total, learned, tuple(per_message), exact)


@cache
def openai_counter() -> OpenAICounter:
    """The one counter for OpenAI-shaped models; its ranks are loaded at the first count."""
    return OpenAICounter()


def _message(message: Mapping[str, Any]) -> tuple[int, int, bool]:
    """(tokens that wrap the message, tokens of what it says, whether both are exact)."""
    role, name = message.get("role"), message.get("name")
    wrap = PER_MESSAGE if role is not None else 0
    if isinstance(role, str):
        wrap += text_tokens(role)
    if isinstance(name, str):
        wrap += text_tokens(name) + PER_NAME
    if isinstance(message.get("tool_call_id"), str):
        wrap += text_tokens(message["tool_call_id"])
    values, exact = _content(message.get("content"))
    if isinstance(message.get("refusal"), str):
        values += text_tokens(message["refusal"])
    for key in ("tool_calls", "function_call"):
        if message.get(key):
            values, exact = values + _calls(message[key]), False
    return wrap, values, exact


def _content(content: Any) -> tuple[int, bool]:
    if isinstance(content, str):
        return text_tokens(content), True
    if not isinstance(content, list):
        return 0, content is None
    texts = [part.get("text", part.get("refusal")) for part in content if isinstance(part, Mapping)]
    counted = [text_tokens(text) for text in texts if isinstance(text, str)]
    # A part without text is an image: what it costs depends on its size and on the model.
    return sum(counted), len(counted) == len(content)


def _calls(calls: Any) -> int:
    """The names and arguments of calls; how OpenAI wraps them is not published."""
    total = 0
    for call in calls if isinstance(calls, list) else [{"function": calls}]:
        function = call.get("function") if isinstance(call, Mapping) else None
        if isinstance(function, Mapping):
            arguments = function.get("arguments", "")
            text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
            total += text_tokens(str(function.get("name", ""))) + text_tokens(text)
    return total
