"""Rules about many examples, on whole files: what is reported on which lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sentitui.dataset.check import check_file
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.fixes import apply
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import profile
from sentitui.dataset.rules import rule
from sentitui.dataset.rules.quality.labels import fold_label
from sentitui.dataset.rules.quality.near import Neighbours, signature
from sentitui.dataset.rules.rule import Counts

FIXTURES = Path(__file__).parent / "fixtures"
CODES = ("C002", "R004", "Q001", "Q002", "Q003", "Q004", "Q005", "Q006", "Q007")


def cases(part: str) -> list[Any]:
    """The fixtures' cases of whole files."""
    found = []
    for code in CODES:
        listed = json.loads((FIXTURES / f"{code}.json").read_text("utf-8"))[part]
        found += [
            pytest.param(code, case, id=f"{code}-{i}") for i, case in enumerate(listed) if "lines" in case
        ]
    return found


def write(path: Path, lines: list[Any]) -> Path:
    """Writes lines as JSON, strings as they are."""
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("\n".join(texts) + "\n", "utf-8")
    return path


def found_in(folder: Path, code: str, case: dict[str, Any]) -> list[Diagnostic]:
    """What a rule reports: on the validation file when the case has one, else on the training file."""
    training = write(folder / "train.jsonl", case["lines"])
    validation = write(folder / "valid.jsonl", case["validation"]) if "validation" in case else None
    form = Format(case["format"]) if "format" in case else None
    report = check_file(training, validation=validation, format=form, profile=case.get("profile", "openai"))
    chosen = report.validation if validation is not None else report
    assert chosen is not None
    return [d for d in chosen.diagnostics if d.code == code]


@pytest.mark.parametrize(("code", "case"), cases("bad"))
def test_the_lines_are_reported(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    """Exactly the named lines are reported (None: the file as a whole)."""
    found = found_in(tmp_path, code, case)
    assert [d.location.line for d in found] == case["at"]
    assert {d.name for d in found} == {case["name"]}
    if "severity" in case:
        assert {d.severity for d in found} == {case["severity"]}


@pytest.mark.parametrize(("code", "case"), cases("good"))
def test_a_sound_file_is_left_alone(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    """The rule says nothing about files that only look suspicious."""
    assert found_in(tmp_path, code, case) == []


def test_a_label_is_offered_the_spelling_of_most(tmp_path: Path) -> None:
    """The fix of a label writes the majority's spelling into the answer and nothing else."""
    answers = ["Positive", "Positive", "positive.", "Negative", "Negative"]
    lines = [
        f'{{"messages": [{{"role":"user","content":"{i}"}}, {{"role":"assistant","content" : "{a}"}}]}}'
        for i, a in enumerate(answers)
    ]
    (found,) = found_in(tmp_path, "Q004", {"lines": lines})
    assert found.fix is not None
    assert found.fix.value == "Positive"
    assert apply(lines[2].encode(), found) == lines[2].replace("positive.", "Positive").encode()


def test_a_system_prompt_is_offered_the_usual_one(tmp_path: Path) -> None:
    """The fix of an odd system prompt writes the usual one into the first system message and nothing else."""
    texts = ["You classify."] * 4 + ["You clasify."]
    lines = [
        f'{{"messages": [{{"role":"system","content" : "{text}"}}, {{"role":"user","content":"{i}"}}]}}'
        for i, text in enumerate(texts)
    ]
    (found,) = found_in(tmp_path, "Q006", {"lines": lines})
    assert apply(lines[4].encode(), found) == lines[4].replace("clasify", "classify").encode()
    assert apply(b'{"messages": [{"role": "user", "content": "a"}]}', found) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Positive", " positive.", True),
        ("not_spam", "Not spam", True),
        ("“yes”", "Yes", True),
        ("C", "C++", False),
        ("C#", "C++", False),
        ("1", "-1", False),
        ("+", "-", False),
        ("1.5", "15", False),
        ("!", "?", False),
    ],
)
def test_which_spellings_mean_one_label(one: str, other: str, same: bool) -> None:
    """Case, dividers, quotes and a final mark do not tell labels apart; signs and numbers do."""
    assert (fold_label(one) == fold_label(other)) is same


def test_too_many_image_examples() -> None:
    """50,000 examples with images are taken, one more is not."""
    (check,) = rule("V003").checks
    for case, count in (("good", 0), ("bad", 1)):
        images = json.loads((FIXTURES / "V003.json").read_text("utf-8"))[case][0]["image_examples"]
        counts = Counts({"images": images}, images)
        assert len(list(check.run(counts, profile("openai")))) == count  # type: ignore[call-arg, arg-type]


def test_an_index_of_neighbours_forgets() -> None:
    """A removed line is not found again, and lines that differ are never found."""
    text = " ".join(f"word {i} of a text" for i in range(40))
    near, far = text.replace("word 7", "wort 7"), " ".join(f"another {i * 7} sentence" for i in range(40))
    index = Neighbours()
    index.add(3, signature(text))
    assert list(index.similar(signature(near))) == [3]
    assert list(index.similar(signature(far))) == []
    index.remove(3, signature(text))
    assert list(index.similar(signature(near))) == []


def test_a_long_shared_system_prompt_makes_no_near_duplicates(tmp_path: Path) -> None:
    """Examples are compared by what they ask and answer, not by the instructions that they share."""
    system = {
        "role": "system",
        "content": " ".join(f"Rule {i}: be kind to customer {i}." for i in range(100)),
    }
    lines = [
        {"messages": [system, {"role": "user", "content": text}, {"role": "assistant", "content": "ok"}]}
        for text in ("The phone is great", "My parcel never came", "How do I pay?")
    ]
    assert found_in(tmp_path, "Q002", {"lines": lines}) == []
