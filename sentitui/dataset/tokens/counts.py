"""The values of counting: what a count says, what can count, which messages the loss is taken on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class TokenCount:
    """The tokens of one example.

    `total` is what a provider bills per epoch; `trained` the part the loss is taken on; `per_message`
    follows the order of the messages and leaves out what belongs to no message (tools, the fixed cost of an
    example). `exact` is False when some part has no published rule: images, and tools as OpenAI serialises
    them.
    """

    total: int
    trained: int
    per_message: tuple[int, ...]
    exact: bool = True


class Counter(Protocol):
    """Counts the tokens of examples for one family of models."""

    @property
    def name(self) -> str:
        """What the count is of, as shown beside it, e.g. "o200k_base"."""

    def text(self, text: str) -> int:
        """The tokens of a bare text."""

    def count(self, data: Mapping[str, Any]) -> TokenCount:
        """The tokens of an example of any format, given as its decoded JSON object."""


def sections(data: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Splits an example into (messages that are read, answers that are trained), whatever its format.

    A chat example's messages all come first and its second list is empty: there the roles and weights
    decide. A preference example counts its input once and both answers after it.
    """
    if isinstance(data.get("input"), Mapping):
        answers = [*_objects(data.get("preferred_output")), *_objects(data.get("non_preferred_output"))]
        return _objects(data["input"].get("messages")), answers
    if "prompt" in data or "completion" in data:
        prompt, completion = data.get("prompt"), data.get("completion")
        return [{"content": prompt}], [{"content": completion}]
    return _objects(data.get("messages")), []


def trained_messages(messages: Iterable[Mapping[str, Any]], *, last_only: bool = False) -> list[bool]:
    """Says for each message whether the loss is taken on it.

    Assistant messages with a weight other than 0 (the default is 1, OpenAI's SFT guide). With `last_only`,
    and no weights given, only the last assistant message: how the embedded engine trains.
    """
    listed = list(messages)
    answers = [message.get("role") == "assistant" for message in listed]
    if last_only and not any("weight" in message for message in listed):
        last = max((i for i, answer in enumerate(answers) if answer), default=-1)
        return [i == last for i in range(len(listed))]
    return [answer and message.get("weight") != 0 for answer, message in zip(answers, listed, strict=True)]


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
