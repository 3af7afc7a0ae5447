"""What a file is made of, what is learnt from it, and what that costs."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentitui.dataset.prices import price_of
from sentitui.dataset.statistics import Spread, auto_epochs, file_statistics, spread, training_cost
from sentitui.dataset.tokens import openai_counter
from sentitui.errors import DatasetError

SYSTEM = "You classify reviews."


def chat(user: str, answer: str, system: str | None = SYSTEM) -> dict[str, Any]:
    """A chat example."""
    turns = [("user", user), ("assistant", answer)]
    turns = [("system", system), *turns] if system is not None else turns
    return {"messages": [{"role": role, "content": content} for role, content in turns]}


def write(path: Path, examples: list[Any]) -> Path:
    """Writes examples as JSON lines, strings as they are."""
    lines = [example if isinstance(example, str) else json.dumps(example) for example in examples]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_small_file_is_described_in_full(tmp_path: Path) -> None:
    """Roles, turns, lengths, labels and system prompts are those of the examples."""
    examples = [chat("a" * i, "Positive" if i % 2 else "Negative") for i in range(1, 10)]
    examples.append(chat("x", "Positive", system=None))
    found = file_statistics(write(tmp_path / "a.jsonl", [*examples, "not json", ""]))
    assert (found.examples, found.skipped) == (10, 1)
    assert found.roles == {"user": 10, "assistant": 10, "system": 9}
    assert found.messages == Spread(2, 3, 3, 3)
    assert found.characters.least == 1 + len("Positive")
    assert found.characters.most == len(SYSTEM) + 9 + len("Positive")
    assert found.labels == {"Positive": 6, "Negative": 4}
    assert found.system_prompts == ((SYSTEM, 9), (None, 1))
    counts = [openai_counter().count(example) for example in examples]
    assert found.tokens.whole
    assert found.tokens.total == sum(count.total for count in counts)
    assert found.tokens.trained == 10
    assert found.tokens_per_example == spread(count.total for count in counts)
    assert found.exact


def test_long_answers_are_no_labels(tmp_path: Path) -> None:
    """A set whose answers are all different is not taken for classification."""
    examples = [chat(f"question {i}", f"A different answer, number {i}.") for i in range(12)]
    assert file_statistics(write(tmp_path / "a.jsonl", examples)).labels is None


def test_examples_over_the_context_are_cut(tmp_path: Path) -> None:
    """The tokens of a file count each example up to the context; the end that is cut is the answer's."""
    examples = [chat("short", "Positive"), chat("word " * 200, "Positive"), chat("word " * 300, "Positive")]
    found = file_statistics(write(tmp_path / "a.jsonl", examples), context=100)
    first = openai_counter().count(examples[0])
    assert found.over_context == 2
    assert found.tokens.total == first.total + 200
    assert found.tokens.trained == first.trained
    assert found.tokens_per_example.most > 300


def test_other_formats_are_described_too(tmp_path: Path) -> None:
    """Prompt and completion, preference and malformed lines are counted without a crash."""
    preference = {
        "input": {"messages": [{"role": "user", "content": "2 + 2?"}]},
        "preferred_output": [{"role": "assistant", "content": "4"}],
        "non_preferred_output": [{"role": "assistant", "content": "5"}],
    }
    lines = [{"prompt": "abc", "completion": " d"}, preference, {"messages": 3}, {"messages": [None]}, "[1]"]
    found = file_statistics(write(tmp_path / "a.jsonl", lines))
    assert (found.examples, found.skipped) == (4, 1)
    assert found.characters.most == 6


def test_a_large_file_is_sampled_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the limit a seeded sample gives the figures and an interval that holds the truth."""
    from sentitui.dataset.tokens import estimate

    monkeypatch.setattr(estimate, "PIECE_BYTES", 1024)
    rng = random.Random(7)
    examples = [
        chat(" ".join(rng.choices(["one", "two", "three"], k=rng.randint(5, 60))), "Positive")
        for _ in range(3000)
    ]
    path = write(tmp_path / "a.jsonl", examples)
    truth = sum(openai_counter().count(example).total for example in examples)
    found = file_statistics(path, seed=2, whole_file=0)
    assert not found.tokens.whole
    assert found.examples == found.tokens.examples_read < 3000
    assert found.tokens.low <= truth <= found.tokens.high
    assert found == file_statistics(path, seed=2, whole_file=0)


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(DatasetError, match=r"none\.jsonl"):
        file_statistics(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("examples", "epochs"), [(0, 3), (1, 25), (10, 10), (33, 3), (50, 3), (8333, 3), (10_000, 2), (10**6, 1)]
)
def test_auto_epochs(examples: int, epochs: int) -> None:
    """Few examples are seen more often, many less."""
    assert auto_epochs(examples) == epochs


@given(st.integers(1, 10**7))
def test_auto_epochs_stay_in_range(examples: int) -> None:
    """Whatever the size, 1 to 25 epochs, and never over 25,000 examples seen but in one epoch."""
    epochs = auto_epochs(examples)
    assert 1 <= epochs <= 25
    assert epochs == 1 or examples * epochs <= 25_000


def test_training_is_priced_by_tokens_and_epochs(tmp_path: Path) -> None:
    """The guide's example: 100,000 tokens for 3 epochs of gpt-4o-mini cost 0.90 USD; no price, no cost."""
    from sentitui.dataset.tokens import Estimate

    tokens = Estimate(100_000, 90_000, 110_000, 5_000, 10, 10, False)
    cost = training_cost(tokens, 3, price_of("openai", "gpt-4o-mini"))
    assert cost.tokens == 300_000
    assert cost.usd == pytest.approx(0.90)
    assert cost.low == pytest.approx(0.81)
    assert cost.high == pytest.approx(0.99)
    assert training_cost(tokens, 3, None).usd is None


@given(st.lists(st.integers(0, 1000), min_size=1))
def test_a_spread_is_made_of_values_in_order(values: list[int]) -> None:
    """Least, median, 95th percentile and most are values of the list, in that order."""
    found = spread(values)
    assert found.least == min(values)
    assert found.most == max(values)
    assert found.least <= found.median <= found.p95 <= found.most
    assert {found.median, found.p95} <= set(values)
    assert sum(value <= found.p95 for value in values) >= 0.95 * len(values)
