"""`sentitui convert`: what it prints, its exit status, and that it loads nothing heavy for --help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sentitui.cli.convert import FORMATS
from sentitui.cli.main import main
from sentitui.dataset.convert.forms import Form
from sentitui.resources import data_file

FOREIGN = Path(__file__).parents[1] / "dataset" / "foreign"


def test_the_formats_offered_are_the_formats_there_are() -> None:
    """The names in --help are exactly the formats that conversions know."""
    assert tuple(Form) == FORMATS


def test_an_import_tells_columns_losses_and_refusals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was taken for what, left out and refused is said, refusals with lines on stderr; status 1."""
    assert main(["convert", str(FOREIGN / "reviews.csv"), str(tmp_path / "out.jsonl")]) == 1
    told = capsys.readouterr()
    assert "4 examples converted from csv to chat, 3 refused" in told.out
    assert "Columns: user = 'Review', assistant = 'Sentiment'" in told.out
    assert "Left out, having no place there: stars (4 times)" in told.out
    assert "Refused 1: there are 6 cells, but 4 columns (line 7)" in told.err


def test_a_clean_conversion_ends_with_status_0(tmp_path: Path) -> None:
    """With every entry converted the status is 0, and the name's ending chooses the format."""
    out = tmp_path / "tickets.tsv"
    assert main(["convert", str(data_file("tickets", "train.jsonl")), str(out)]) == 0
    assert out.read_text("utf-8").splitlines()[0] == "system\tuser\tassistant"


def test_the_report_as_json_accounts_for_every_entry(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--json prints one object with all counts and every refusal."""
    assert main(["convert", str(FOREIGN / "alpaca.jsonl"), str(tmp_path / "o.jsonl"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["source"], told["target"], told["converted"], told["refused"]) == ("alpaca", "chat", 2, 3)
    assert [refusal["line"] for refusal in told["refusals"]] == [3, 4, 5]


def test_options_reach_the_conversion(tmp_path: Path) -> None:
    """Columns, instruction, encoding and a missing header are options."""
    source, out = tmp_path / "in.csv", tmp_path / "out.jsonl"
    source.write_bytes("nett,  Spaß \n".encode("cp1252"))
    words = ["--no-header", "--user-column", "2", "--answer-column", "1", "--encoding", "cp1252", "--strip"]
    assert main(["convert", str(source), str(out), *words, "--system", "Sort."]) == 0
    messages = json.loads(out.read_bytes())["messages"]
    assert [message["content"] for message in messages] == ["Sort.", "Spaß", "nett"]


def test_nothing_is_overwritten_without_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An existing output is kept; --force replaces it; the source itself is never replaced."""
    source, out = data_file("tickets", "train.jsonl"), tmp_path / "out.csv"
    out.write_text("mine")
    assert main(["convert", str(source), str(out)]) == 1
    assert "--force" in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert main(["convert", str(source), str(out), "--force"]) == 0
    assert main(["convert", str(out), str(out), "--to", "sharegpt", "--force"]) == 1
    assert "being read" in capsys.readouterr().err


def test_control_characters_of_the_data_never_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A column name with an escape sequence is shown, not sent."""
    source = tmp_path / "in.csv"
    source.write_text("text,label,\x1b[2Jevil\na,b,c\nd,,\n")
    assert main(["convert", str(source), str(tmp_path / "out.jsonl")]) == 1
    told = capsys.readouterr()
    assert "\x1b" not in told.out + told.err
    assert "evil" in told.out


def test_a_file_that_cannot_be_read_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As with check, the status is 2, and one message names the file."""
    for source in (tmp_path / "nowhere.csv", tmp_path):
        assert main(["convert", str(source), str(tmp_path / "out.jsonl")]) == 2
        assert str(source) in capsys.readouterr().err
