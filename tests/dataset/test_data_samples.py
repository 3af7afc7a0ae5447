"""The sample datasets that ship: what the README beside them promises of balance, form and held-out tests."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from sentitui.dataset.check import check_file
from sentitui.dataset.profiles import profile_names
from sentitui.resources import data_file

LABELS = {
    ("sentiment", "train"): {"Positive": 20, "Negative": 20, "Neutral": 20},
    ("sentiment", "test"): {"Positive": 20, "Negative": 20, "Neutral": 20},
    ("tickets", "train"): {"Billing": 20, "Technical": 20, "Account": 20, "Shipping": 20},
    ("tickets", "test"): {"Billing": 15, "Technical": 15, "Account": 15, "Shipping": 15},
}
FILES = sorted(LABELS)
SETS = ("sentiment", "tickets")


def _path(name: str, part: str) -> Path:
    return data_file(name, f"{part}.jsonl")


def _examples(name: str, part: str) -> list[list[dict[str, Any]]]:
    return [json.loads(line)["messages"] for line in _path(name, part).read_bytes().splitlines()]


def _texts(name: str, part: str) -> list[str]:
    return [messages[1]["content"] for messages in _examples(name, part)]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = _words(text)
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


@pytest.mark.parametrize(("name", "part"), FILES)
def test_labels_are_balanced_as_the_readme_says(name: str, part: str) -> None:
    """Every label occurs exactly as often as documented, and answers are nothing but labels."""
    assert Counter(messages[2]["content"] for messages in _examples(name, part)) == LABELS[name, part]


@pytest.mark.parametrize(("name", "part"), FILES)
def test_every_example_is_system_user_assistant(name: str, part: str) -> None:
    """Each line holds three messages with a role and a text, and no other key."""
    for line in _path(name, part).read_bytes().splitlines():
        example = json.loads(line)
        assert set(example) == {"messages"}
        assert [message["role"] for message in example["messages"]] == ["system", "user", "assistant"]
        assert all(set(message) == {"role", "content"} for message in example["messages"])


@pytest.mark.parametrize("name", SETS)
def test_one_system_prompt_for_a_whole_set(name: str) -> None:
    """Training and test examples of a set carry the same instruction."""
    prompts = {m[0]["content"] for part in ("train", "test") for m in _examples(name, part)}
    assert len(prompts) == 1


@pytest.mark.parametrize(("name", "part"), FILES)
def test_files_are_plain_utf8_with_lf(name: str, part: str) -> None:
    """No BOM, no CR, no blank line, and the last line ends."""
    content = _path(name, part).read_bytes()
    content.decode("utf-8")
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"}\n")
    assert all(content.splitlines())


@pytest.mark.parametrize(("name", "part"), FILES)
def test_labels_are_mixed(name: str, part: str) -> None:
    """No label stands more than five times in a row, so any beginning of the file shows the task."""
    answers = [messages[2]["content"] for messages in _examples(name, part)]
    assert all(len(set(answers[start : start + 6])) > 1 for start in range(len(answers) - 5))


@pytest.mark.parametrize(("name", "part"), FILES)
def test_messages_are_short_and_trimmed(name: str, part: str) -> None:
    """User messages have 4 to 45 words and no white space around them."""
    for text in _texts(name, part):
        assert 4 <= len(text.split()) <= 45
        assert text == text.strip()


@pytest.mark.parametrize(
    ("name", "part"), [("sentiment", "train"), ("sentiment", "test"), ("tickets", "train")]
)
def test_samples_hold_more_than_ascii(name: str, part: str) -> None:
    """The samples exercise characters beyond ASCII, so opening them shows whether a terminal can."""
    assert any(not text.isascii() for text in _texts(name, part))


@pytest.mark.parametrize("name", SETS)
def test_no_message_occurs_twice_after_folding(name: str) -> None:
    """Across training and test no two messages are equal once case and punctuation are folded."""
    folded = [tuple(_words(text)) for part in ("train", "test") for text in _texts(name, part)]
    assert len(set(folded)) == len(folded)


@pytest.mark.parametrize("name", SETS)
def test_training_and_test_share_no_five_words_in_a_row(name: str) -> None:
    """The test file is held out: it repeats no run of five words of the training file."""
    train = set().union(*(_runs(text, 5) for text in _texts(name, "train")))
    test = set().union(*(_runs(text, 5) for text in _texts(name, "test")))
    assert not train & test


@pytest.mark.parametrize("name", SETS)
def test_no_two_messages_are_near_duplicates(name: str) -> None:
    """No two messages of a set share half of their words (Jaccard)."""
    bags = [set(_words(text)) for part in ("train", "test") for text in _texts(name, part)]
    assert max(len(a & b) / len(a | b) for a, b in combinations(bags, 2)) < 0.5


@pytest.mark.parametrize("profile", profile_names())
@pytest.mark.parametrize("name", SETS)
def test_the_samples_are_sound_for_every_provider(name: str, profile: str) -> None:
    """Checking a training file with its test file finds nothing, not even a hint, for any provider."""
    report = check_file(_path(name, "train"), validation=_path(name, "test"), profile=profile)
    assert report.diagnostics == ()


def test_readme_counts_are_the_files_counts() -> None:
    """The table in data/README.md says what the files hold."""
    readme = data_file("README.md").read_text("utf-8")
    for (name, part), labels in LABELS.items():
        counts = ", ".join(f"{label} {count}" for label, count in labels.items())
        assert f"| `{name}/{part}.jsonl` | {sum(labels.values())} | {counts} |" in readme


def test_readme_names_everything_that_ships() -> None:
    """Every file in data/ is in the README beside it, by its name or its folder's."""
    readme = data_file("README.md").read_text("utf-8")
    for path in data_file().iterdir():
        if path.name != "README.md":
            assert f"`{path.name}" in readme
