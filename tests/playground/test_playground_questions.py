"""What a training file teaches, and which prompts are asked."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentitui.errors import DatasetError
from sentitui.playground.questions import read_lesson, read_prompts, spread, taught
from sentitui.playground.run import Prompt
from sentitui.resources import data_file

LABELS = ("Positive", "Negative", "Neutral")


def prompt(number: int, label: str | None) -> Prompt:
    """A prompt with its answer."""
    return Prompt(({"role": "user", "content": f"q{number}"},), label)


def test_a_lesson_is_the_system_prompt_the_labels_and_the_prompts() -> None:
    """The bundled set teaches three labels under one system prompt."""
    lesson = read_lesson(data_file("sentiment", "train.jsonl"))
    assert lesson.system_prompt is not None
    assert lesson.labels is not None
    assert set(lesson.labels.names) == set(LABELS)
    assert len(lesson.prompts) == 60
    assert [message["role"] for message in lesson.prompts[0].messages] == ["system", "user"]


def test_held_out_prompts_are_not_taught_and_trained_ones_are() -> None:
    """A prompt is known whatever its case and spaces, and whatever system prompt stands before it."""
    lesson = read_lesson(data_file("sentiment", "train.jsonl"))
    assert taught(lesson, read_prompts(data_file("sentiment", "test.jsonl"))) == []
    text = str(lesson.prompts[7].messages[-1]["content"])
    copy = Prompt(({"role": "user", "content": f"  {text.upper()} "},))
    assert taught(lesson, [prompt(1, None), copy]) == [1]


@given(
    st.lists(st.sampled_from((*LABELS, None)), max_size=40),
    st.integers(0, 12),
    st.integers(0, 5),
)
def test_chosen_prompts_are_spread_over_the_labels(labels: list[str | None], count: int, seed: int) -> None:
    """As many as asked for (or all), no label more than one ahead of another that has more left; seeded."""
    prompts = [prompt(index, label) for index, label in enumerate(labels)]
    chosen = spread(prompts, count, seed)
    assert chosen == spread(prompts, count, seed)
    assert len(chosen) == min(count, len(prompts))
    assert len({each.text for each in chosen}) == len(chosen)
    have, took = Counter(labels), Counter(each.expected for each in chosen)
    for label, number in took.items():
        assert all(number <= took[other] + 1 or took[other] == have[other] for other in have), label


@pytest.mark.parametrize(
    ("content", "told"),
    [("", "holds no examples"), ("{}\n", "line 1"), ("x\n", "line 1"), ('{"messages": []}\n', "line 1")],
)
def test_a_test_file_that_cannot_be_asked_is_said_so(tmp_path: Path, content: str, told: str) -> None:
    """The first line that holds nothing to ask is named."""
    file = tmp_path / "test.jsonl"
    file.write_text(content, "utf-8")
    with pytest.raises(DatasetError, match=told):
        read_prompts(file)


def test_only_what_a_chat_request_takes_is_sent(tmp_path: Path) -> None:
    """Training-only keys such as `weight` do not go along; a byte order mark does not hurt."""
    messages = [
        {"role": "user", "content": "hi", "weight": 1, "extra": 2},
        {"role": "assistant", "content": " Yes ", "weight": 0},
    ]
    file = tmp_path / "test.jsonl"
    file.write_text("\ufeff" + json.dumps({"messages": messages}) + "\n\n", "utf-8")
    (found,) = read_prompts(file)
    assert found == Prompt(({"role": "user", "content": "hi"},), "Yes")
