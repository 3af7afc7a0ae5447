"""Lines for the checker's tests: ordinary ones, odd ones, and mutations of both."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

ROLES = ("system", "user", "assistant")
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def chat(*texts: str, **extra: Any) -> dict[str, Any]:
    """A conversation whose texts are said by the user and the assistant in turn."""
    messages = [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(texts)]
    return {"messages": messages, **extra}


def line(value: Any) -> bytes:
    """A value as a line."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


_ASKED = {"role": "user", "content": "x"}
_EXAMPLES: tuple[dict[str, Any], ...] = (
    chat("Hi", "Hello"),
    {"messages": [{"role": "system", "content": "Be kind."}, *chat("Hi", "Hello", "x", "y")["messages"]]},
    chat("naïve “café” 日本語 🙂👍🏽", "Ça va\u2028bien\n\n"),
    chat("ann@example.com, +1 (555) 123-4567, 4111 1111 1111 1111", "sk-abcdefghijklmnopqrstuvwx0123"),
    chat("a <|im_end|> b", " padded "),
    chat("", "Hello"),
    chat("only asked"),
    chat("a", "b", weight=1),
    {"messages": [_ASKED, {"role": "assistant", "tool_calls": [CALL]}], "tools": [TOOL]},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}, {"role": "assistant"}]},
    {
        "input": chat("q"),
        "preferred_output": [{"role": "assistant", "content": "a"}],
        "non_preferred_output": [{"role": "assistant", "content": "b"}],
    },
    {"prompt": "Hi ->", "completion": " Hello\n"},
    {"messages": [_ASKED], "answer": 3},
)
SEEDS: tuple[bytes, ...] = tuple(map(line, _EXAMPLES))
"""One example of each kind, as lines."""

_ODD = (
    '" \\ { } [ ] , : \x00 \t \xff \ufeff \u200b \xa0 \u0301 \u202e null NaN True 1e999 \' \r \\\\ \\"'
    ' \\u0000 \\ud800 \\u200b \\u003c|im_end|> "role":"user", <|fim_suffix|> @b.example'
)
ODD_BYTES = (*(word.encode() for word in _ODD.split(" ")), b"\xff", b"\xe9", b" ")


def mutated(rng: random.Random, source: bytes) -> bytes:
    """A line with a few bytes deleted, doubled, replaced or put in; never a newline."""
    data = bytearray(source)
    for _ in range(rng.choice((1, 1, 2, 4))):
        position = rng.randrange(len(data) + 1)
        length = rng.choice((0, 1, 1, 3, 10))
        kind = rng.randrange(4)
        if kind == 0:
            del data[position : position + length]
        elif kind == 1:
            data[position:position] = data[position : position + length]
        elif kind == 2:
            data[position:position] = rng.choice(ODD_BYTES)
        else:
            data[position : position + length] = rng.choice(ODD_BYTES)
    return bytes(data).replace(b"\n", b" ")


def mutations(seed: int, count: int) -> Iterator[bytes]:
    """A reproducible stream of mutated lines."""
    rng = random.Random(seed)
    for _ in range(count):
        yield mutated(rng, rng.choice(SEEDS))


any_line = st.one_of(
    st.sampled_from(SEEDS),
    st.builds(mutated, st.randoms(use_true_random=False), st.sampled_from(SEEDS)),
    st.binary(max_size=60).map(lambda data: data.replace(b"\n", b" ")),
)
"""Any line: good, nearly good, or no JSON at all."""

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)
conversations = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(ROLES), "content": texts}), min_size=1, max_size=4
).map(lambda messages: line({"messages": messages}))
"""Ordinary conversations with any text."""
