"""From an example of the training file to token ids and to which of them are learnt.

Only what the assistant says is learnt: every assistant message whose weight is not 0, as the API does, so
that a file means the same here as anywhere. The end-of-turn token is learnt with it, so that the model stops.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from sentitui.engine.chat import ChatFormat, ChatRefused, Messages


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of a whole example, and for each whether it is learnt (predicted with loss)."""

    tokens: list[int]
    learnt: list[bool]

    @property
    def targets(self) -> int:
        """How many tokens are learnt; the first token of all is never predicted."""
        return sum(self.learnt[1:])


def encode(example: Mapping[str, Any], chat: ChatFormat, limit: int) -> Encoded:
    """Encodes one chat example, cut at the end to `limit` tokens.

    Raises ChatRefused when the template cannot express it.
    """
    messages: Messages = example["messages"]
    tools = example.get("tools")
    answers = learnt_messages(messages)
    if not answers:
        raise ChatRefused("No assistant message of this example is learnt.", "Give one of them weight 1.")
    text = chat.render(messages[: answers[-1] + 1], tools, answer_next=False)
    try:
        spans = [_span(text, messages, tools, index, chat) for index in answers]
    except ChatRefused:
        if any(message.get("weight") is not None for message in messages):
            raise
        # The template rewrites earlier turns (some drop their thinking), so these are not what the model
        # would be shown later; nobody asked for them by weight.
        spans = [_span(text, messages, tools, answers[-1], chat)]
    return _cut(_tokenize(text, spans, chat), limit)


def learnt_messages(messages: Messages) -> list[int]:
    """Which messages are learnt, by index: assistant messages, but those of weight 0."""
    return [
        index
        for index, message in enumerate(messages)
        if message["role"] == "assistant" and message.get("weight") != 0
    ]


def _span(
    text: str, messages: Messages, tools: Sequence[Any] | None, index: int, chat: ChatFormat
) -> tuple[int, int]:
    """Where the answer `index` and its end-of-turn token stand in the rendered `text`."""
    before = chat.render(messages[:index], tools, answer_next=True)
    until = chat.render(messages[: index + 1], tools, answer_next=False)
    if not text.startswith(until):
        raise ChatRefused(
            f"This model's chat template rewrites earlier turns: message {index} cannot be learnt alone.",
            "Set weight 0 on all assistant messages but the last.",
        )
    # Some templates open the answer differently when it is still to come: what both spell alike is the
    # question.
    start = len(before) if until.startswith(before) else _shared(before, until)
    stop = chat.tokenizer.eos_token or ""
    end = until.rfind(stop, start) if stop else -1
    return start, end + len(stop) if end >= 0 else len(until)


def _shared(one: str, other: str) -> int:
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def _tokenize(text: str, spans: list[tuple[int, int]], chat: ChatFormat) -> Encoded:
    """Tokenizes so that the part before each answer is spelt as it will be when only that part is given."""
    borders = [border for span in spans for border in span]
    whole = chat.tokens(text)
    heads = [chat.tokens(text[:border]) for border in borders]
    if all(whole[: len(head)] == head for head in heads):
        marks = [len(head) for head in heads]
        return Encoded(whole, _learnt(len(whole), marks))
    # A token straddles a border; asked later, the model would never see it. So each piece is tokenized alone.
    cuts = [0, *borders, len(text)]
    pieces = [chat.tokens(text[start:end]) if end > start else [] for start, end in pairwise(cuts)]
    marks = list(accumulate(len(piece) for piece in pieces))
    return Encoded([token for piece in pieces for token in piece], _learnt(marks[-1], marks[:-1]))


def _learnt(length: int, marks: Sequence[int]) -> list[bool]:
    learnt = [False] * length
    for start, end in zip(marks[::2], marks[1::2], strict=True):
        learnt[start:end] = [True] * (end - start)
    return learnt


def _cut(encoded: Encoded, limit: int) -> Encoded:
    if len(encoded.tokens) <= limit:
        return encoded
    return Encoded(encoded.tokens[:limit], encoded.learnt[:limit])
