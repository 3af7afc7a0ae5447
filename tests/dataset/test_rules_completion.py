"""Rules about legacy completion examples: how a file's prompts and completions end, and the traps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentitui.dataset.check import check_example, check_file
from sentitui.dataset.checking.live import Checker
from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.ends import label, pack, prompt_end
from sentitui.dataset.format import Format, detect
from tests.fakes.lines import chat, line

SENTENCES = (
    " It was written by Ann in the winter of 1999, END",
    " In the spring of that same year, I think, END",
)
UNENDED = (
    " It was written by Ann in the winter of 1999, she says",
    " In the spring of that same year, I think.",
)


def ends_told(folder: Path, *pairs: tuple[Any, Any]) -> set[str]:
    """What is said of a whole file of these prompts and completions, of code C002."""
    path = folder / "train.jsonl"
    path.write_bytes(b"".join(line({"prompt": p, "completion": c}) + b"\n" for p, c in pairs))
    return {d.name for d in check_file(path, profile="openai").diagnostics if d.code == "C002"}


def test_prompts_that_end_in_different_ways_have_no_separator(tmp_path: Path) -> None:
    """It is one hint for the file that names the ends it saw, and not one a line."""
    path = tmp_path / "train.jsonl"
    pairs = [("Who wrote it?", SENTENCES[0]), ("Say when.", SENTENCES[1])]
    path.write_bytes(b"".join(line({"prompt": p, "completion": c}) + b"\n" for p, c in pairs))
    (found,) = [d for d in check_file(path, profile="openai").diagnostics if d.code == "C002"]
    assert (found.name, found.severity, found.location.line) == ("prompt-no-separator", Severity.HINT, None)
    assert "'.', '?'" in found.message


def test_sentences_without_a_common_end_are_told(tmp_path: Path) -> None:
    """The model would not learn where to stop."""
    assert ends_told(tmp_path, *zip(("a ->", "b ->"), UNENDED, strict=True)) == {"completion-no-common-end"}
    assert ends_told(tmp_path, *zip(("a ->", "b ->"), SENTENCES, strict=True)) == set()


def test_labels_need_no_common_end(tmp_path: Path) -> None:
    """Few distinct short completions are classes; as many as there are examples are not."""
    labels = [(f"review {i} ->", (" good", " bad!")[i % 2]) for i in range(7)]
    assert ends_told(tmp_path, *labels) == set()
    assert ends_told(tmp_path, *labels[:5]) == {"completion-no-common-end"}
    assert ends_told(tmp_path, *labels, ("review 8 ->", UNENDED[0])) == {"completion-no-common-end"}


def test_text_of_any_kind_needs_neither(tmp_path: Path) -> None:
    """With empty prompts only, there is nothing to separate."""
    assert ends_told(tmp_path, *(("", text.strip()) for text in UNENDED)) == set()


def test_broken_examples_have_no_say_in_the_ends(tmp_path: Path) -> None:
    """What is no string is reported in its own right."""
    assert ends_told(tmp_path, ("a ->", SENTENCES[0]), (7, " x"), ("b?", None), ("c!", "")) == set()


def test_an_edit_ends_the_hint() -> None:
    """The hint of an open file goes when the last odd prompt gets the separator, and comes back with it."""
    checker = Checker(file_format=Format.COMPLETION, profile="openai")
    odd, even = ({"prompt": p, "completion": c} for p, c in zip(("a", "b ->"), SENTENCES, strict=True))
    checker.feed(line(odd) + b"\n" + line(even) + b"\n")
    assert [d.name for d in checker.whole_file() if d.code == "C002"] == ["prompt-no-separator"]
    checker.replace(0, line({**odd, "prompt": "a ->"}))
    assert [d.name for d in checker.whole_file() if d.code == "C002"] == []
    checker.insert(1, line(odd))
    assert [d.name for d in checker.whole_file() if d.code == "C002"] == ["prompt-no-separator"]


@given(st.text(), st.text(min_size=1))
def test_what_is_kept_of_an_example_is_read_back(prompt: str, completion: str) -> None:
    """Any two texts, of any characters, give their last characters, and a short completion itself."""
    packed = pack(prompt, completion)
    assert packed is not None
    assert prompt_end(packed) == prompt[-1:]
    assert packed[-1] == completion[-1]
    assert label(packed) == (completion if len(completion) <= 40 else None)


@pytest.mark.parametrize(
    "example",
    [
        {"prompt": "Great phone!\n\n###\n\n", "completion": "good"},
        {"prompt": "", "completion": "Once upon a time"},
        {"prompt": "a ->", "completion": "\tgood"},
    ],
)
def test_a_completion_that_begins_a_word_of_its_own_is_left_alone(example: dict[str, str]) -> None:
    """White space on either side of the joint, or no prompt at all, is enough."""
    assert check_example(line(example), profile="openai") == []


def test_chat_examples_are_never_judged_as_completions() -> None:
    """Nor is a chat example's answer without a space before it."""
    assert check_example(line(chat("Hi", "Hello")), profile="openai") == []
    assert detect({"messages": [], "prompt": "a", "completion": "b"}) is Format.CHAT
