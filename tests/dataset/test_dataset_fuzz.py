"""Broken and odd lines go through reading and editing without a crash, a hang or a silent change."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from sentitui.dataset import codec, message_edits
from sentitui.dataset.example import Example
from sentitui.errors import DatasetError

SEEDS = (
    rb'{"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "caf\u00e9 \/"}]}',
    rb'{"messages": [{"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f"}}]}]}',
    '{"messages":[{"content":[{"type":"text","text":"é\u2028"}],"role":"user","weight":1.0}],"n":1e400}'.encode(),
    b'{"input": {"messages": [{"role": "user", "content": "q"}]}, "preferred_output": [{"role": "x"}]}',
    b'{"a": [1, -0.0, 12345678901234567890123], "a": {}, "messages": []}',
)
MARKS = (b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\\u", b"\\ud800", b"-", b"1e5", b"null", b"NaN")
PIECES = (
    b'"messages"',
    b'"role"',
    b'"content": ""',
    b"\xff",
    b"\xef\xbb\xbf",
    b"\x00",
    b" ",
    b"\t",
    b"\r",
    b"\xed\xa0",
)


def mutated(rng: random.Random, line: bytes) -> bytes:
    """A line with a few pieces cut out, doubled or put in."""
    for _ in range(rng.randrange(1, 5)):
        start = rng.randrange(len(line) + 1)
        stop = min(len(line), start + rng.choice((0, 0, 1, 1, 4, 30)))
        line = (
            line[:start] + rng.choice((rng.choice(MARKS + PIECES), b"", line[start:stop] * 2)) + line[stop:]
        )
    return line


def spelled(line: bytes) -> Any:
    """A line with all that a decoder drops: duplicate keys, their order, the spelling of numbers."""
    return json.loads(line, object_pairs_hook=Pairs, parse_int=Number, parse_float=Number)


class Pairs(list[Any]):
    """The members of an object, in order."""


class Number(str):
    """A number as it is written."""

    __slots__ = ()


def differences(old: Any, new: Any) -> int:
    """In how many places two values differ."""
    if type(old) is not type(new) or not isinstance(old, list | tuple) or len(old) != len(new):
        return int(old != new or type(old) is not type(new))
    return sum(differences(a, b) for a, b in zip(old, new, strict=True))


def check_line(line: bytes) -> bool:
    """Reads and edits one line; whether it was an example that could be edited."""
    try:
        example = codec.decode(line)
    except DatasetError:
        return False
    views = (example.messages, example.system_prompt, example.answer, example.label)
    assert len(views[0]) == len(example.messages)
    edited = 0
    for index in range(len(example.messages)):
        try:
            changed = message_edits.set_message_content(line, index, "NEW", at=example.messages_path)
            back = codec.delete_value(
                message_edits.add_message(line, index, "user", "x"), ("messages", index)
            )
        except DatasetError:
            continue
        assert differences(spelled(line), spelled(changed)) <= 1
        assert back == line
        edited += 1
    if b"1e" not in line:  # 1e400 is JSON, but the infinity that it is read as cannot be written anew
        assert codec.decode(codec.encode(Example(example.data))).data == example.data
    return edited > 0


def check_lines(count: int) -> None:
    """Mutates and checks `count` lines; a share of them must have been editable, or this proves little."""
    rng = random.Random(20)
    editable = sum(check_line(mutated(rng, rng.choice(SEEDS))) for _ in range(count))
    assert editable > count / 50


def test_two_thousand_mutated_lines_are_read_and_edited_safely() -> None:
    """For every run."""
    check_lines(2_000)


@pytest.mark.slow
def test_a_hundred_thousand_mutated_lines_are_read_and_edited_safely() -> None:
    """For thoroughness."""
    check_lines(100_000)
