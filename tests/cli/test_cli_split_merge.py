"""`sentitui split` and `sentitui merge`: what they print, where they write, what they refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sentitui.cli.main import main
from sentitui.resources import data_file


@pytest.fixture
def tickets(tmp_path: Path) -> Path:
    """A copy of the ticket set's training file."""
    return Path(shutil.copy(data_file("tickets", "train.jsonl"), tmp_path / "tickets.jsonl"))


def test_split_writes_beside_the_file_and_says_what(
    tickets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without names the two files lie beside the source; the counts of each label are printed."""
    assert main(["split", str(tickets), "--validation", "0.25"]) == 0
    validation = tickets.with_name("tickets.validation.jsonl")
    assert len(validation.read_bytes().splitlines()) == 20
    assert len(tickets.with_name("tickets.train.jsonl").read_bytes().splitlines()) == 60
    out = capsys.readouterr().out
    assert f"{validation}: 20 examples (Account 5, Billing 5, Shipping 5, Technical 5)" in out


def test_split_tells_programs_the_same_as_json(tickets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints one object and nothing else on stdout."""
    assert main(["split", str(tickets), "--validation", "8", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["validation"] == {
        "examples": 8,
        "labels": {"Account": 2, "Billing": 2, "Shipping": 2, "Technical": 2},
    }
    assert told["train"]["examples"] == 72
    assert Path(told["validation_file"]).exists()


def test_split_does_not_overwrite_without_force(tickets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second split is refused with the way out, and works with --force."""
    assert main(["split", str(tickets)]) == 0
    assert main(["split", str(tickets), "--seed", "2"]) == 1
    assert "--force" in capsys.readouterr().err
    assert main(["split", str(tickets), "--seed", "2", "--force"]) == 0


def test_split_mentions_what_it_kept_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Duplicates, broken and blank lines are told on stderr."""
    path = tmp_path / "data.jsonl"
    path.write_bytes(data_file("sentiment", "train.jsonl").read_bytes() * 2 + b"\n{broken\n")
    assert main(["split", str(path)]) == 0
    err = capsys.readouterr().err
    assert "Kept together: 120 examples" in err
    assert "1 lines are no examples" in err
    assert "1 blank lines" in err


def test_merge_puts_a_split_together_again(tickets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Splitting and merging loses no line; duplicates go only on request, and their lines are named."""
    assert main(["split", str(tickets)]) == 0
    parts = [str(tickets.with_name(f"tickets.{part}.jsonl")) for part in ("train", "validation")]
    out = tickets.with_name("out.jsonl")
    assert main(["merge", *parts, "--out", str(out)]) == 0
    assert sorted(out.read_bytes().splitlines()) == sorted(tickets.read_bytes().splitlines())
    assert main(["merge", str(tickets), parts[1], "--out", str(out), "--drop-duplicates", "--force"]) == 0
    assert "16 duplicates dropped (lines 1, 2," in capsys.readouterr().out


def test_a_file_that_is_not_there_is_one_clear_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing file ends with its name on stderr and no traceback."""
    assert main(["split", str(tmp_path / "nowhere.jsonl")]) == 2
    assert main(["merge", str(tmp_path / "nowhere.jsonl"), "--out", str(tmp_path / "out.jsonl")]) == 1
    err = capsys.readouterr().err
    assert err.count("nowhere.jsonl") == 2
    assert list(tmp_path.iterdir()) == []
