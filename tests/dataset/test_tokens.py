"""Token counts: exact on the shipped ranks, safe on hostile text, honest about what no rule counts."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentitui.dataset import tokens
from sentitui.dataset.tokens import ranks
from sentitui.errors import DatasetError


def chat(*turns: tuple[str, Any], **more: Any) -> dict[str, Any]:
    """A chat example of (role, content) turns."""
    return {"messages": [{"role": role, "content": content} for role, content in turns], **more}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("hello world", [24912, 2375]),
        ("antidisestablishmentarianism", [493, 129901, 376, 160388, 21203, 2367]),
        ("2 + 2 = 4", [17, 659, 220, 17, 314, 220, 19]),
        ("お誕生日おめでとう", [8930, 9697, 243, 128225, 8930, 17693, 4344, 48669]),
    ],
)
def test_ids_are_those_of_the_cookbook(text: str, ids: list[int]) -> None:
    """The encoding gives the ids that OpenAI's cookbook prints for o200k_base."""
    assert ranks.encoding().encode_ordinary(text) == ids


def test_cookbook_formula() -> None:
    """A conversation counts 3 a message, its role and content, 1 for a name, and 3 for the example."""
    counter = tokens.openai_counter()
    plain = counter.count(chat(("user", "hello world"), ("assistant", "hello world")))
    assert plain.total == 2 * (3 + 1 + 2) + 3
    assert plain.per_message == (6, 6)
    assert plain.trained == 2
    assert plain.exact
    named = counter.count({"messages": [{"role": "user", "content": "hello world", "name": "hello world"}]})
    assert named.total == 3 + 1 + 2 + (2 + 1) + 3


def test_the_cookbooks_own_conversation_counts_as_the_service_counted_it() -> None:
    """The cookbook's example conversation is 124 prompt tokens, as it reports for gpt-4o."""
    system = (
        "You are a helpful, pattern-following assistant that translates corporate jargon into plain English."
    )
    later = (
        "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage."
    )
    turns = [
        ("example_user", "New synergies will help drive top-line growth."),
        ("example_assistant", "Things working well together will increase revenue."),
        ("example_user", later),
        ("example_assistant", "Let's talk later when we're less busy about how to do better."),
    ]
    messages = [{"role": "system", "content": system}]
    messages += [{"role": "system", "name": name, "content": text} for name, text in turns]
    last = "This late pivot means we don't have time to boil the ocean for the client deliverable."
    messages += [{"role": "user", "content": last}]
    assert tokens.openai_counter().count({"messages": messages}).total == 124


def test_weight_zero_is_not_trained() -> None:
    """An assistant message of weight 0 counts in the total but not in what is trained."""
    example = chat(("user", "hi"), ("assistant", "hello world"), ("user", "hi"), ("assistant", "yes"))
    example["messages"][1]["weight"] = 0
    assert tokens.openai_counter().count(example).trained == 1


def test_special_tokens_are_ordinary_text() -> None:
    """A control token written in a text is counted as the characters that it is."""
    assert tokens.text_tokens("<|endoftext|>") > 1


@pytest.mark.parametrize(
    ("unit", "times"),
    [(" ", 1_000_000), ("a", 300_000), ("😀", 100_000), ("\n", 250_000), ("ab ", 100_000)],
)
def test_a_megabyte_of_one_kind_is_counted(unit: str, times: int) -> None:
    """Long runs that make tiktoken panic when given whole are counted."""
    assert tokens.text_tokens(unit * times) > 0


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=" \n\t.,'aZé5日😀" + "\u00a0\u2028", max_size=400), st.integers(5, 60))
def test_cutting_at_a_space_after_a_word_does_not_change_the_count(text: str, size: int) -> None:
    """Cut pieces give back the text, and cut at a word's end they count the same as the whole."""
    cut = list(ranks.pieces(text, size))
    assert "".join(cut) == text
    assert all(len(piece) < size for piece in cut)
    if all(b.startswith(" ") and not a[-1].isspace() for a, b in pairwise(cut)):
        whole = len(ranks.encoding().encode_ordinary(text))
        assert sum(len(ranks.encoding().encode_ordinary(piece)) for piece in cut) == whole


def test_images_and_tools_say_that_the_count_is_not_exact() -> None:
    """What no published rule counts is not passed off as exact."""
    counter = tokens.openai_counter()
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    seen = counter.count(
        chat(("user", [{"type": "text", "text": "hello world"}, image]), ("assistant", "hi"))
    )
    assert not seen.exact
    assert seen.per_message[0] == 6
    tool = {"type": "function", "function": {"name": "f", "description": "Does it.", "parameters": {}}}
    plain, tooled = counter.count(chat(("user", "a"))), counter.count(chat(("user", "a"), tools=[tool]))
    assert plain.exact
    assert not tooled.exact
    assert tooled.total > plain.total


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"messages": None},
        {"messages": [None, 3, {"role": 3, "content": {"a": 1}}]},
        {"messages": [{"role": "assistant", "tool_calls": "x", "content": [1, {"text": 2}]}], "tools": 3},
        {"input": {"messages": 3}, "preferred_output": 3},
        {"prompt": 3},
        {"messages": [{"tool_calls": [{"function": {"arguments": {"a": ["\ud800", 2**80]}}}]}]},
    ],
)
def test_malformed_examples_are_counted_without_a_crash(data: dict[str, Any]) -> None:
    """Counting never fails on a broken example: it counts the text that is there."""
    assert tokens.openai_counter().count(data).total >= 0


def test_damaged_ranks_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranks that are not the published file are not used."""
    import lzma

    damaged = tmp_path / "ranks.xz"
    damaged.write_bytes(lzma.compress(b"IQ== 0\n"))
    monkeypatch.setattr(ranks, "data_file", lambda *parts: damaged)
    ranks.encoding.cache_clear()
    try:
        with pytest.raises(DatasetError, match="not the published"):
            ranks.encoding()
    finally:
        ranks.encoding.cache_clear()


def write_file(path: Path, examples: int) -> int:
    """Writes a seeded file of uneven examples; returns its exact number of tokens."""
    import random

    rng, counter, total = random.Random(5), tokens.openai_counter(), 0
    with path.open("wb") as file:
        for i in range(examples):
            text = " ".join(rng.choices(["alpha", "beta", "12", "größe", "日本", "!"], k=rng.randint(3, 90)))
            example = chat(("user", f"{i} {text}"), ("assistant", rng.choice(["yes", "no"])))
            file.write(json.dumps(example, ensure_ascii=False).encode() + b"\n")
            total += counter.count(example).total
    return total


def test_a_small_file_is_counted_whole(tmp_path: Path) -> None:
    """A file under the limit is counted example by example, and bad lines do not spoil the sum."""
    path = tmp_path / "a.jsonl"
    total = write_file(path, 20)
    with path.open("ab") as file:
        file.write(b"not json\n[1]\n")
    estimate = tokens.estimate_file(path, tokens.openai_counter())
    assert (estimate.total, estimate.low, estimate.high) == (total, total, total)
    assert estimate.whole
    assert estimate.examples_read == 20


def test_a_large_file_is_estimated_within_its_interval(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file over the limit is sampled; the same seed gives the same estimate, close to the truth."""
    from sentitui.dataset.tokens import estimate as module

    monkeypatch.setattr(module, "PIECE_BYTES", 1024)
    path = tmp_path / "a.jsonl"
    total = write_file(path, 4_000)
    one = tokens.estimate_file(path, tokens.openai_counter(), seed=3, whole_file=0)
    assert one == tokens.estimate_file(path, tokens.openai_counter(), seed=3, whole_file=0)
    assert not one.whole
    assert one.low <= total <= one.high
    assert abs(one.total - total) < 0.05 * total
    assert 0 < one.examples_read < 4_000
    assert one.bytes_read < path.stat().st_size


def test_an_unreadable_file_is_one_clear_error(tmp_path: Path) -> None:
    """A missing file ends in a DatasetError that names it."""
    with pytest.raises(DatasetError, match=r"none\.jsonl"):
        tokens.estimate_file(tmp_path / "none.jsonl", tokens.openai_counter())
