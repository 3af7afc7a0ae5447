"""How a conversation becomes the text and the tokens a model was taught: its own chat template, nothing else.

Shared by training and inference, so that what is asked later is spelt as what was trained on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sentitui.errors import EngineError

Messages = Sequence[Mapping[str, Any]]


class ChatRefused(EngineError):  # noqa: N818 - it names what happened
    """A conversation that the model's chat template cannot express."""


class ChatFormat:
    """A tokenizer with its chat template."""

    def __init__(self, tokenizer: Any, stop_tokens: Iterable[int | None] = ()) -> None:
        self.tokenizer = tokenizer
        stops = {*stop_tokens, tokenizer.eos_token_id}
        self.stop_tokens = frozenset(token for token in stops if token is not None)
        self._knows_tools = "tools" in tokenizer.chat_template

    def render(self, messages: Messages, tools: Sequence[Any] | None = None, *, answer_next: bool) -> str:
        """The conversation as text; with `answer_next`, ends where the assistant's answer begins.

        Raises ChatRefused when the template cannot express it (roles in an order it refuses, tools it lacks).
        """
        if tools and not self._knows_tools:
            raise ChatRefused(
                "This model's chat template has no tools.", "Remove `tools`, or choose another model."
            )
        try:
            text = self.tokenizer.apply_chat_template(
                [plain_message(message) for message in messages],
                tools=list(tools) if tools else None,
                tokenize=False,
                add_generation_prompt=answer_next,
            )
        except Exception as error:  # templates are programs of others: jinja2, TypeError, KeyError ...
            raise ChatRefused(
                f"The model's chat template refuses this conversation: {error}",
                "Check the roles and their order; some models want user and assistant to alternate.",
            ) from error
        return str(text)

    def tokens(self, text: str) -> list[int]:
        """Token ids of text that has passed the template (which has put the special tokens in already)."""
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])


def plain_message(message: Mapping[str, Any]) -> dict[str, Any]:
    """The message as templates expect it: text content, tool arguments as an object.

    The API allows content to be null or a list of parts, and writes tool arguments as a JSON string.
    """
    role = "system" if message["role"] == "developer" else message["role"]
    plain = {**message, "role": role, "content": _text(message.get("content"))}
    if calls := message.get("tool_calls"):
        plain["tool_calls"] = [_plain_call(call) for call in calls]
    return plain


def _text(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    parts = [part.get("text") if part.get("type") == "text" else None for part in content]
    if None in parts:
        raise ChatRefused("This model reads text only.", "Remove the parts that are not text.")
    return "".join(str(part) for part in parts)


def _plain_call(call: Mapping[str, Any]) -> dict[str, Any]:
    function = dict(call.get("function") or {})
    if isinstance(function.get("arguments"), str):
        try:
            function["arguments"] = json.loads(function["arguments"])
        except json.JSONDecodeError:
            return {**call, "function": function}  # templates print a string as it is
    return {**call, "function": function}
