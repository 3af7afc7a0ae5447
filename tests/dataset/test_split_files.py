"""Splitting a training file: nothing lost, nothing changed, labels shared out, equal inputs kept together."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentitui.dataset.check import check_file
from sentitui.dataset.similarity import NEAR, similarity
from sentitui.dataset.split import SplitReport, choose, quotas, split_file
from sentitui.errors import DatasetError
from sentitui.resources import data_file


def chat(user: str, answer: str, system: str = "Classify.") -> bytes:
    """One line of a chat file."""
    messages = [
        {"role": "system", "content": system},
        {"role": "user", "content": user},
        {"role": "assistant", "content": answer},
    ]
    return json.dumps({"messages": messages}, ensure_ascii=False).encode() + b"\n"


def _write(folder: Path, content: bytes) -> Path:
    path = folder / "all.jsonl"
    path.write_bytes(content)
    return path


def _split(path: Path, share: float = 0.2, seed: int = 1) -> tuple[list[bytes], list[bytes], SplitReport]:
    train, validation = path.with_name("train.jsonl"), path.with_name("validation.jsonl")
    report = split_file(path, train, validation, share, seed=seed, overwrite=True)
    return (
        train.read_bytes().splitlines(keepends=True),
        validation.read_bytes().splitlines(keepends=True),
        report,
    )


def _user(line: bytes) -> str:
    user: str = json.loads(line)["messages"][1]["content"]
    return user


def test_each_label_keeps_its_share(tmp_path: Path) -> None:
    """A fifth of the sentiment set is four examples of each label, and the report says so."""
    path = _write(tmp_path, data_file("sentiment", "train.jsonl").read_bytes())
    train, validation, report = _split(path)
    assert (len(train), len(validation)) == (48, 12)
    assert report.validation.labels == {"Negative": 4, "Neutral": 4, "Positive": 4}
    assert report.train.labels == {"Negative": 16, "Neutral": 16, "Positive": 16}
    assert report.wanted == report.validation.examples == 12


def test_a_seed_decides_alone(tmp_path: Path) -> None:
    """The same seed gives the same files; another seed gives others."""
    path = _write(tmp_path, data_file("tickets", "train.jsonl").read_bytes())
    first, again, other = (_split(path, seed=seed)[1] for seed in (7, 7, 8))
    assert first == again != other


def test_lines_stay_in_order_byte_for_byte(tmp_path: Path) -> None:
    """Odd spacing, escapes, unknown keys, CRLF, a missing last line end and broken lines survive."""
    odd = [
        b'{"messages" :[ {"role":"user","content":"\\u00e9t\\u00e9 one"} ], "n":1e2 }\r\n',
        b'{"extra": 1.50, "messages": [{"role": "user", "content": "two"}]}\n',
        b"{broken\n",
        b"\xff\xfe not text\n",
        *(chat(f"message number {word}", "B") for word in ("three", "seventeen", "forty")),
        b'{"messages": []}',
    ]
    train, validation, report = _split(_write(tmp_path, b"".join(odd)), 3)
    assert sorted(train + validation) == sorted(odd)
    assert train == [line for line in odd if line in train]
    assert validation == [line for line in odd if line in validation]
    assert report.undecodable == 2


def test_a_bom_stays_and_blank_lines_are_counted(tmp_path: Path) -> None:
    """Both files begin with the BOM of the whole; blank lines go nowhere and the report counts them."""
    content = b"\xef\xbb\xbf" + chat("one thing", "A") + b"\n \t\n" + chat("another matter", "A")
    train, validation, report = _split(_write(tmp_path, content), 1)
    assert report.blank == 2
    assert all(lines[0].startswith(b"\xef\xbb\xbf{") for lines in (train, validation))


def test_equal_and_nearly_equal_inputs_stay_together(tmp_path: Path) -> None:
    """Copies that differ in case, punctuation, a letter or the label are never on both sides."""
    texts = [
        "The waiter forgot our order twice and then laughed about it in front of everybody else there",
        "I never got the parcel that your courier says was left with a neighbour on the second floor",
        "Does the annual plan include the desktop program as well as the one for phones and tablets",
        "The mountain hut served the best soup that I have had in a long time and the view was grand",
    ]
    lines = []
    for text in texts:
        lines += [chat(text, "A"), chat(text.upper() + "!!", "A"), chat(text + "s", "B"), chat(text, "B")]
    for seed in range(10):
        train, validation, report = _split(_write(tmp_path, b"".join(lines)), 0.25, seed)
        closest = max(similarity(_user(a), _user(b)) for a in train for b in validation)
        assert closest < NEAR
        assert len(validation) == 4
        assert report.together == 16


def test_one_question_with_many_answers_is_split_by_its_answers(tmp_path: Path) -> None:
    """Where most inputs are the same, examples count as equal only when their answers are, too."""
    words = ("amber", "birch", "cobalt", "dune", "ember", "fjord", "grove", "harbour", "iris", "juniper")
    lines = [chat("Write a motto.", f"With {word} we rise and with {word} we shine") for word in words]
    _, validation, report = _split(_write(tmp_path, b"".join(lines)), 0.2)
    assert report.by_whole_example
    assert len(validation) == 2


def test_copies_of_one_example_cannot_be_split(tmp_path: Path) -> None:
    """A file that says the same again and again is refused, and nothing is written."""
    path = _write(tmp_path, chat("Hello there", "A") * 20)
    with pytest.raises(DatasetError, match="cannot be split"):
        split_file(path, tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert os.listdir(tmp_path) == ["all.jsonl"]


@pytest.mark.parametrize("share", [0, -1, 2.5, 60, 61, float("nan"), float("inf")])
def test_a_senseless_size_is_refused(tmp_path: Path, share: float) -> None:
    """Nothing, less than nothing, half an example, or all there is cannot be taken for validation."""
    path = _write(tmp_path, data_file("sentiment", "train.jsonl").read_bytes())
    with pytest.raises(DatasetError):
        split_file(path, tmp_path / "a.jsonl", tmp_path / "b.jsonl", share)
    assert os.listdir(tmp_path) == ["all.jsonl"]


def test_existing_files_are_not_overwritten(tmp_path: Path) -> None:
    """Without leave an existing output stops the split before anything is written; the source always does."""
    path = _write(tmp_path, data_file("sentiment", "train.jsonl").read_bytes())
    (tmp_path / "b.jsonl").write_text("mine")
    with pytest.raises(DatasetError, match="exists already"):
        split_file(path, tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    with pytest.raises(DatasetError, match="being read"):
        split_file(path, tmp_path / "a.jsonl", path, overwrite=True)
    with pytest.raises(DatasetError, match="named twice"):
        split_file(path, tmp_path / "a.jsonl", tmp_path / "a.jsonl")
    assert (tmp_path / "b.jsonl").read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["all.jsonl", "b.jsonl"]


def test_progress_runs_from_nothing_to_both_passes(tmp_path: Path) -> None:
    """Progress is bytes of two passes, never backwards."""
    path = _write(tmp_path, b"".join(chat(f"number {n} of the long list", "A") for n in range(20_000)))
    heard: list[tuple[int, int]] = []
    split_file(
        path, tmp_path / "a", tmp_path / "b", on_progress=lambda done, total: heard.append((done, total))
    )
    assert heard == sorted(heard)
    assert len(heard) > 3
    assert heard[-1][0] <= heard[-1][1] == 2 * path.stat().st_size


@settings(deadline=None)
@given(st.dictionaries(st.integers(0, 9), st.integers(1, 200), min_size=1), st.data())
def test_quotas_add_up_and_are_fair(counts: dict[int, int], data: st.DataObject) -> None:
    """Parts add up to what is wanted and differ from the exact share by less than one example."""
    total = sum(counts.values())
    wanted = data.draw(st.integers(0, total))
    parts = quotas(counts, wanted)
    assert parts.total() == wanted
    assert all(abs(parts[label] - count * wanted / total) < 1 for label, count in counts.items())


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3)), min_size=2, max_size=60), st.data())
def test_groups_are_never_cut(examples: list[tuple[int, int]], data: st.DataObject) -> None:
    """Whatever groups and labels there are, a group is on one side and no label exceeds its quota."""
    groups, labels = [group for group, _ in examples], [label for _, label in examples]
    wanted = data.draw(st.integers(1, len(examples) - 1))
    chosen = choose(groups, labels, wanted, data.draw(st.integers(0, 5)))
    sides = {(group, flag) for group, flag in zip(groups, chosen, strict=True)}
    assert len(sides) == len(set(groups))
    taken = Counter(label for label, flag in zip(labels, chosen, strict=True) if flag)
    assert all(taken[label] <= quota for label, quota in quotas(Counter(labels), wanted).items())


def test_a_split_passes_the_leak_rule(tmp_path: Path) -> None:
    """The checker finds no example or input of the validation file in the training file."""
    sound = data_file("sentiment", "train.jsonl").read_bytes()
    shouted = [chat(_user(line).upper() + " !", "Neutral") for line in sound.splitlines()]
    path = _write(tmp_path, sound + b"".join(shouted))
    _split(path, 0.3)
    report = check_file(path.with_name("train.jsonl"), validation=path.with_name("validation.jsonl"))
    assert report.examples > 80
    assert not [d for d in report.diagnostics if d.code == "Q007"]
