"""Rules about reinforcement examples: what a grader needs, and columns that may be called anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sentitui.dataset.check import check_example, check_file
from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.fixes import apply, fix_file
from sentitui.dataset.format import Format
from tests.fakes.lines import line

ASKED = {"role": "user", "content": "2 + 2?"}
ANSWERED = {"role": "assistant", "content": "4"}
REINFORCEMENT = Format.REINFORCEMENT


def graded(*messages: dict[str, Any], **columns: Any) -> bytes:
    """A reinforcement example."""
    return line({"messages": list(messages) or [ASKED], **columns})


def names(one: bytes, provider: str = "openai") -> list[str]:
    """The conditions of an example."""
    return [d.name for d in check_example(one, format=REINFORCEMENT, profile=provider)]


def write(folder: Path, *lines: bytes) -> Path:
    """A file of examples."""
    path = folder / "train.jsonl"
    path.write_bytes(b"".join(one + b"\n" for one in lines))
    return path


@pytest.mark.parametrize(
    "columns",
    [
        {"weight": 0.5},
        {"prompt": "x", "completion": "y"},
        {"input": {"a": 1}, "reference_answer": None},
        {"metadata": {"messages": [], "role": "nobody"}},
        {"id": 7, "tags": ["a", 1]},
        {"item": "4", "sample": "5", "name": "<odd name>"},
    ],
    ids=" ".join,
)
def test_a_column_may_have_any_name_and_any_value(columns: dict[str, Any]) -> None:
    """What stands beside the messages belongs to the grader, whatever chat examples call so."""
    assert names(graded(**columns)) == []


def test_a_file_with_such_columns_is_detected_and_left_alone(tmp_path: Path) -> None:
    """Columns named weight and prompt make it neither chat nor completion."""
    lines = [graded({**ASKED, "content": f"{i} + {i * i}?"}, weight=i / 8, prompt=f"{i}") for i in range(12)]
    report = check_file(write(tmp_path, *lines), profile="openai")
    assert report.format is REINFORCEMENT
    assert [d for d in report.diagnostics if d.code[0] in "SRCPF"] == []


def test_the_model_answers_last_in_training() -> None:
    """An answer after the question is an error, and dropping it is offered."""
    one = graded(ASKED, ANSWERED, answer="4")
    (found,) = check_example(one, format=REINFORCEMENT, profile="openai")
    assert (found.name, found.severity) == ("rft-last-not-user", Severity.ERROR)
    assert apply(one, found) == graded(ASKED, answer="4")


def test_a_conversation_before_the_last_question_is_fine() -> None:
    """Developer, user, assistant, user: only the last message must be the user's."""
    developer = {"role": "developer", "content": "Count."}
    assert names(graded(developer, ASKED, ANSWERED, ASKED, answer="4")) == []


def test_a_system_message_waits_for_a_person(tmp_path: Path) -> None:
    """It is a warning; --fix leaves it, and the offered fix exchanges the role and nothing else."""
    one = graded({"role": "system", "content": "Count."}, ASKED, answer="4")
    (found,) = check_example(one, format=REINFORCEMENT, profile="openai")
    assert (found.name, found.severity) == ("system-role-in-rft", Severity.WARNING)
    assert apply(one, found) == one.replace(b'"system"', b'"developer"')
    path = write(tmp_path, one)
    fix_file(path, format=REINFORCEMENT, profile="openai")
    assert path.read_bytes() == one + b"\n"


@pytest.mark.parametrize(("provider", "severity"), [("openai", "warning"), ("azure", "error")])
def test_a_grader_needs_something_to_read(provider: str, severity: str) -> None:
    """Messages and tools alone give it nothing; Azure refuses that."""
    found = check_example(graded(), format=REINFORCEMENT, profile=provider)
    assert [(d.name, d.severity) for d in found] == [("no-grader-fields", severity)]


def test_columns_may_come_in_any_order_and_numbers_in_any_spelling(tmp_path: Path) -> None:
    """1 and 1.0 are numbers both; a text among them is not."""
    good = [graded(a=1, weight="x"), graded(weight="y", a=1.5), graded(a=2, weight="z")]
    report = check_file(write(tmp_path, *good), format=REINFORCEMENT, profile="openai")
    assert [d for d in report.diagnostics if d.code == "R004"] == []
    report = check_file(write(tmp_path, *good, graded(a="3", weight="z")), format=REINFORCEMENT)
    (found,) = [d for d in report.diagnostics if d.code == "R004"]
    assert found.location.line == 4
    assert "a: string" in found.message
    assert "a: number" in found.message


def test_a_chat_file_is_not_asked_for_columns(tmp_path: Path) -> None:
    """The rules about graders are silent on supervised examples."""
    report = check_file(write(tmp_path, *[line({"messages": [ASKED, ANSWERED]})] * 3), profile="openai")
    assert [d for d in report.diagnostics if d.code[0] == "R"] == []
