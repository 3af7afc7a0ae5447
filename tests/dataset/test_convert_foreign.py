"""Importing other formats: what is converted, what is refused with its line and reason, what is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sentitui.dataset.convert.forms import Form, Options
from sentitui.dataset.convert.run import ConvertReport, convert_file
from sentitui.dataset.message import Message
from sentitui.errors import DatasetError

FOREIGN = Path(__file__).with_name("foreign")


def _convert(
    source: Path, folder: Path, options: Options | None = None, target: Form | None = None
) -> tuple[list[dict[str, Any]], ConvertReport]:
    out = folder / "out.jsonl"
    report = convert_file(source, out, options=options or Options(), target=target, overwrite=True)
    return [json.loads(line) for line in out.read_bytes().splitlines()], report


def _refused(report: ConvertReport) -> dict[int, str]:
    return {refusal.line: refusal.reason for refusal in report.refusals}


def _said(example: dict[str, Any]) -> list[tuple[str, str]]:
    return [(m.role, m.text) for m in map(Message.of, example["messages"])]


def test_a_table_is_read_by_its_header(tmp_path: Path) -> None:
    """Columns are found by name, cells keep commas, quotes and line breaks, lines are counted right."""
    examples, report = _convert(FOREIGN / "reviews.csv", tmp_path, Options(system="Classify."))
    assert _said(examples[1]) == [
        ("system", "Classify."),
        ("user", 'It broke after "two" days'),
        ("assistant", "negative"),
    ]
    assert _said(examples[2])[1] == ("user", "First line\nsecond line")
    assert _said(examples[3])[1] == ("user", "Naïve café 😊")
    assert report.columns == {"user": "Review", "assistant": "Sentiment"}
    assert report.left_out == {"id": 4, "stars": 4}
    assert _refused(report) == {
        6: "the column 'Review' is empty",
        7: "there are 6 cells, but 4 columns",
        8: "the column 'Sentiment' is empty",
    }
    assert (report.converted, report.refused) == (4, 3)


def test_sharegpt_turns_become_messages(tmp_path: Path) -> None:
    """Speakers, instructions and tools find their places; calls get ids that pair them with their results."""
    examples, report = _convert(FOREIGN / "sharegpt.json", tmp_path)
    assert [role for role, _ in _said(examples[0])] == ["system", "user", "assistant", "user", "assistant"]
    call, result = examples[1]["messages"][1:3]
    assert call["tool_calls"] == [
        {
            "id": "call00001",
            "type": "function",
            "function": {"name": "get_weather", "arguments": '{"city": "Graz"}'},
        }
    ]
    assert result == {"role": "tool", "tool_call_id": "call00001", "content": '{"sky": "clear"}'}
    assert examples[1]["tools"][0]["function"]["name"] == "get_weather"
    assert report.left_out == {"id": 2}


def test_refused_elements_of_an_array_have_lines(tmp_path: Path) -> None:
    """An element of a pretty-printed array is named by the line where it begins."""
    _, report = _convert(FOREIGN / "sharegpt.json", tmp_path)
    refused = _refused(report)
    assert sorted(refused) == [22, 23, 24]
    assert "'narrator'" in refused[22]
    assert refused[23] == "conversations is a string, not an array"
    assert "call that was not made" in refused[24]


def test_alpaca_joins_instruction_and_input(tmp_path: Path) -> None:
    """The input follows the instruction on the next line; history and system come before."""
    examples, report = _convert(FOREIGN / "alpaca.jsonl", tmp_path)
    assert _said(examples[0]) == [
        ("user", "Translate to German.\ngood morning"),
        ("assistant", "guten Morgen"),
    ]
    assert _said(examples[1]) == [
        ("system", "Numbers only."),
        ("user", "Name a square."),
        ("assistant", "9"),
        ("user", "Name a prime."),
        ("assistant", "7"),
    ]
    assert report.left_out == {"text": 1}
    assert _refused(report) == {
        3: "there is no output",
        4: "history[0] is not a question and an answer",
        5: "instruction is an array, not a string",
    }


def test_trl_preferences_with_explicit_and_implicit_prompts(tmp_path: Path) -> None:
    """Texts, messages and prompts that both answers begin with all become preference examples."""
    examples, report = _convert(FOREIGN / "trl.jsonl", tmp_path)
    assert report.target is Form.PREFERENCE
    assert examples[0] == {
        "input": {"messages": [{"role": "user", "content": "The sky is"}]},
        "preferred_output": [{"role": "assistant", "content": " blue."}],
        "non_preferred_output": [{"role": "assistant", "content": " green."}],
    }
    assert examples[1] == examples[2] == examples[3]
    assert report.left_out == {"score_chosen": 1}
    assert sorted(_refused(report)) == [5, 6, 7, 8]
    assert _refused(report)[8] == "the key 'prompt' stands twice"


def test_a_preference_becomes_a_conversation_when_asked(tmp_path: Path) -> None:
    """With --to chat the preferred answer stays, and the report counts the rejected ones."""
    examples, report = _convert(FOREIGN / "trl.jsonl", tmp_path, target=Form.CHAT)
    assert _said(examples[1]) == [("user", "Color?"), ("assistant", "Blue.")]
    assert report.left_out["the rejected answer"] == 4


def test_legacy_prompts_lose_their_separator_on_request(tmp_path: Path) -> None:
    """The separator and the spaces around go when told; a prompt without it is refused, as is broken JSON."""
    options = Options(separator="\n\n###\n\n", strip=True)
    examples, report = _convert(FOREIGN / "completion.jsonl", tmp_path, options)
    assert _said(examples[0]) == [("user", "It is great"), ("assistant", "positive")]
    assert _said(examples[2]) == [("user", "Hi"), ("assistant", "Hello")]
    refused = _refused(report)
    assert refused[3] == "the prompt does not end in the separator"
    assert "not a JSON object" in refused[4]


def test_completions_are_taken_as_they_are_by_default(tmp_path: Path) -> None:
    """Without being told nothing is cut from prompts and completions."""
    examples, _ = _convert(FOREIGN / "completion.jsonl", tmp_path)
    assert _said(examples[0]) == [("user", "It is great\n\n###\n\n"), ("assistant", " positive")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b,c\n1,2,3\n", "Cannot tell which column"),
        (b"text,text,label\n1,2,3\n", "two columns named 'text'"),
        (b"text,label\ncaf\xe9,x\n", "cannot be read as utf-8"),
        (b"", "no header"),
        (b'"text,label\nx,y\n', "no header"),
        (b"text,label\n", "Nothing in"),
        (b'[{"conversations": []}, {]', "begins like a JSON array"),
        (b'{"a": 1, "b": 2}\n', "keys a, b"),
        (b"{broken\n", "Cannot tell the format"),
    ],
)
def test_a_file_that_cannot_be_told_is_one_clear_error(tmp_path: Path, content: bytes, message: str) -> None:
    """Files without a recognisable shape end in one message that says what was found; nothing is written."""
    source = tmp_path / "in.dat"
    source.write_bytes(content)
    with pytest.raises(DatasetError, match=message) as caught:
        convert_file(source, tmp_path / "out.jsonl")
    assert caught.value.hint
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_tables_of_spreadsheets_are_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """The separators and marked encodings that spreadsheet programs write need no option."""
    source = tmp_path / "in.csv"
    source.write_text(f"text{delimiter}label\nél, oui{delimiter}x\n".replace(", ", " "), encoding=encoding)
    examples, _ = _convert(source, tmp_path)
    assert _said(examples[0]) == [("user", "él oui"), ("assistant", "x")]


def test_other_encodings_and_columns_are_named(tmp_path: Path) -> None:
    """Options name the encoding and the columns of a table without a header."""
    source = tmp_path / "in.csv"
    source.write_bytes("good,café\n".encode("cp1252"))
    options = Options(user_column="2", answer_column="1", header=False, encoding="cp1252")
    examples, _ = _convert(source, tmp_path, options)
    assert _said(examples[0]) == [("user", "café"), ("assistant", "good")]
    with pytest.raises(DatasetError, match="no column 'x'") as caught:
        convert_file(source, tmp_path / "o", options=Options(user_column="x", encoding="cp1252"))
    assert "good" in caught.value.hint


def test_an_unclosed_quote_is_refused_with_the_lines_it_swallowed(tmp_path: Path) -> None:
    """A cell that never ends is one refusal that names its first and last line."""
    source = tmp_path / "in.csv"
    source.write_text('text,label\nfine,x\n"never closed,y\nmore,z\n')
    _, report = _convert(source, tmp_path)
    assert report.converted == 1
    assert "lines 3 to 4" in _refused(report)[3]


def test_preferences_cannot_be_made_of_conversations(tmp_path: Path) -> None:
    """One answer is no preference: the formats that do go are named."""
    with pytest.raises(DatasetError, match="no preferences") as caught:
        convert_file(FOREIGN / "alpaca.jsonl", tmp_path / "out.jsonl", target=Form.TRL)
    assert "sharegpt" in caught.value.hint


def test_an_instruction_is_only_added_where_there_is_none(tmp_path: Path) -> None:
    """--system leaves examples alone that have an instruction."""
    examples, _ = _convert(FOREIGN / "alpaca.jsonl", tmp_path, Options(system="New."))
    assert [_said(example)[0][1] for example in examples] == ["New.", "Numbers only."]


@pytest.mark.parametrize("form", [Form.CSV, Form.SHAREGPT])
def test_progress_is_told_in_bytes_of_the_source(tmp_path: Path, form: Form) -> None:
    """A long conversion tells bytes read and to be read, never backwards."""
    source, heard = tmp_path / "in.jsonl", list[tuple[int, int]]()
    messages = '{"messages": [{"role": "user", "content": "%d"}, {"role": "assistant", "content": "x"}]}\n'
    source.write_text("".join(messages % number for number in range(9000)))
    convert_file(
        source, tmp_path / "out", target=form, on_progress=lambda *bytes_read: heard.append(bytes_read)
    )
    assert len(heard) == 3
    assert heard == sorted(heard)
    assert all(done <= total == source.stat().st_size for done, total in heard)


def _one(folder: Path, entry: dict[str, Any]) -> tuple[list[dict[str, Any]], ConvertReport]:
    """Converts a file of one ordinary ShareGPT or completion entry and this one."""
    ordinary: dict[str, Any] = (
        {"conversations": []} if "conversations" in entry else {"prompt": "p", "completion": "c"}
    )
    source = folder / "in.jsonl"
    source.write_text(f"{json.dumps(ordinary)}\n{json.dumps(entry)}\n")
    examples, report = _convert(source, folder)
    return examples[1:], report


def test_empty_extras_of_a_turn_say_nothing_and_weights_go_over(tmp_path: Path) -> None:
    """Keys of a turn that hold null are not missed, and a weight of 0 or 1 stays with its answer."""
    turns = [{"from": "human", "value": "q", "markdown": None}, {"from": "gpt", "value": "a", "weight": 0}]
    ((example,), _) = _one(tmp_path, {"conversations": turns})
    assert example["messages"][1] == {"role": "assistant", "content": "a", "weight": 0}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"conversations": [{"from": "gpt", "value": "a", "weight": 0.5}]}, "only 0 or 1"),
        ({"conversations": [{"from": "human", "value": "a", "weight": 1}]}, "only 0 or 1"),
        ({"conversations": [{"from": "gpt", "value": "a", "lang": "en"}]}, "lang has no place"),
        ({"conversations": [{"from": "function_call", "value": "{"}]}, "should be JSON"),
        ({"conversations": [{"from": "function_call", "value": "[1]"}]}, "without name and arguments"),
        ({"conversations": [], "tools": "{}"}, "tools is not an array"),
        ({"conversations": ["hi"]}, "is a string, not an object"),
        ({"prompt": "p", "completion": "c", "label": False}, "label is false"),
        ({"prompt": ["p"], "completion": "c"}, "prompt is an array"),
        ({"prompt": "p", "completion": "c", "tools": [{}]}, "tools stand beside"),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_reason(
    tmp_path: Path, entry: dict[str, Any], reason: str
) -> None:
    """Strange turns, broken calls and completions marked as bad are refused, each in its own words."""
    examples, report = _one(tmp_path, entry)
    assert examples == []
    assert reason in _refused(report)[2]
