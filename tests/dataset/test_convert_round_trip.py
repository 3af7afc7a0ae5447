"""Exporting and importing again: what a format can say comes back the same, what it cannot is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentitui.dataset.convert.forms import Form, Options, Refused
from sentitui.dataset.convert.run import convert_file
from sentitui.dataset.convert.words import said
from sentitui.resources import data_file

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SPOKEN = TEXT.filter(lambda text: bool(text.strip()))
ONE_FILE_A_TEST = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _example(system: str | None, *texts: str) -> dict[str, Any]:
    messages = [] if system is None else [{"role": "system", "content": system}]
    roles = ("user", "assistant")
    messages += [{"role": roles[number % 2], "content": text} for number, text in enumerate(texts)]
    return {"messages": messages}


def _there_and_back(folder: Path, examples: list[dict[str, Any]], form: Form, options: Options) -> list[Any]:
    source, between, back = (folder / name for name in ("in.jsonl", "between.dat", "back.jsonl"))
    source.write_bytes(b"".join(json.dumps(example).encode() + b"\n" for example in examples))
    home = Form.PREFERENCE if form is Form.TRL else Form.CHAT
    out = convert_file(source, between, source=home, target=form, options=options, overwrite=True)
    again = convert_file(between, back, source=form, target=home, options=options, overwrite=True)
    assert out.refused == again.refused == 0
    assert out.converted == again.converted == len(examples)
    assert not out.left_out
    assert not again.left_out
    return [json.loads(line) for line in back.read_bytes().split(b"\n")[:-1]]


@ONE_FILE_A_TEST
@given(examples=st.lists(st.builds(_example, st.none() | SPOKEN, SPOKEN, SPOKEN), min_size=1, max_size=5))
@pytest.mark.parametrize("form", [Form.CSV, Form.TSV])
def test_one_round_survives_a_table(tmp_path: Path, form: Form, examples: list[dict[str, Any]]) -> None:
    """Any text, with commas, quotes, line breaks, NUL and every other character, comes back from cells."""
    assert _there_and_back(tmp_path, examples, form, Options()) == examples


@ONE_FILE_A_TEST
@given(
    examples=st.lists(
        st.builds(
            lambda system, texts: _example(system, *texts), st.none() | TEXT, st.lists(TEXT, max_size=6)
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_conversation_survives_sharegpt(tmp_path: Path, examples: list[dict[str, Any]]) -> None:
    """Conversations of any length, empty texts included, come back from ShareGPT."""
    assert _there_and_back(tmp_path, examples, Form.SHAREGPT, Options()) == examples


@ONE_FILE_A_TEST
@given(
    examples=st.lists(
        st.builds(
            lambda system, rounds: _example(system, *(text for both in rounds for text in both)),
            st.none() | SPOKEN,
            st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_rounds_survive_alpaca(tmp_path: Path, examples: list[dict[str, Any]]) -> None:
    """Questions and answers in turn, with an instruction or without, come back from Alpaca."""
    assert _there_and_back(tmp_path, examples, Form.ALPACA, Options()) == examples


@ONE_FILE_A_TEST
@given(
    examples=st.lists(st.builds(_example, st.none(), TEXT, TEXT), min_size=1, max_size=5),
    separator=st.sampled_from(["", "\n\n###\n\n", " ->"]),
)
def test_one_round_survives_prompt_and_completion(
    tmp_path: Path, examples: list[dict[str, Any]], separator: str
) -> None:
    """A question and its answer come back from prompt and completion, with a separator or without."""
    assert _there_and_back(tmp_path, examples, Form.COMPLETION, Options(separator=separator)) == examples


@ONE_FILE_A_TEST
@given(
    examples=st.lists(
        st.builds(
            lambda asked, good, bad: {
                "input": _example(None, *asked),
                "preferred_output": [{"role": "assistant", "content": good}],
                "non_preferred_output": [{"role": "assistant", "content": bad}],
            },
            st.lists(TEXT, min_size=1, max_size=3),
            TEXT,
            TEXT,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_preferences_survive_trl(tmp_path: Path, examples: list[dict[str, Any]]) -> None:
    """Preference examples come back from TRL's columns."""
    assert _there_and_back(tmp_path, examples, Form.TRL, Options()) == examples


@pytest.mark.parametrize("form", [Form.CSV, Form.TSV, Form.SHAREGPT, Form.ALPACA])
@pytest.mark.parametrize("name", ["sentiment", "tickets"])
def test_the_sample_sets_come_back_byte_for_byte(tmp_path: Path, name: str, form: Form) -> None:
    """A shipped set exported and imported again is the same file."""
    source = data_file(name, "train.jsonl")
    convert_file(source, tmp_path / "between", target=form)
    convert_file(tmp_path / "between", tmp_path / "back.jsonl", source=form)
    assert (tmp_path / "back.jsonl").read_bytes() == source.read_bytes()


USER = {"role": "user", "content": "q"}
ANSWER = {"role": "assistant", "content": "a"}


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        ({"messages": [USER, {**ANSWER, "weight": 0}]}, r"messages\[1\]\.weight"),
        ({"messages": [{**USER, "name": "bob"}, ANSWER]}, r"messages\[0\]\.name"),
        ({"messages": [USER, {"role": "tool", "content": "x"}]}, "'tool'"),
        ({"messages": [USER, {"role": "assistant", "tool_calls": []}]}, r"messages\[1\]\.tool_calls"),
        ({"messages": [USER, ANSWER], "tools": [{"type": "function"}]}, "'tools'"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}, ANSWER]}, "not text"),
        ({"messages": [USER, {"role": "assistant", "content": None}]}, r"content is null"),
        ({"messages": [USER, "hi"]}, r"messages\[1\] is a string"),
        ({"messages": {}}, "no messages array"),
    ],
)
def test_what_has_no_place_is_refused(example: dict[str, Any], reason: str) -> None:
    """Weights of 0, names, tools and images are never dropped on the way out."""
    with pytest.raises(Refused, match=reason):
        said(example)


def test_text_parts_are_joined_and_a_weight_of_one_says_nothing() -> None:
    """Text parts of one message are one text, and weight 1 is what every answer has."""
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    messages = [{"role": "user", "content": parts}, {**ANSWER, "weight": 1}]
    assert said({"messages": messages}) == [("user", "ab"), ("assistant", "a")]


@pytest.mark.parametrize(
    ("form", "texts", "reason"),
    [
        (Form.CSV, ("s", "q", "a", "q2", "a2"), "2 rounds"),
        (Form.CSV, (None, " ", "a"), "user message is empty"),
        (Form.TSV, ("", "q", "a"), "system message is empty"),
        (Form.COMPLETION, ("s", "q", "a"), "--join-system"),
        (Form.COMPLETION, (None, "q", "a", "q2", "a2"), "2 rounds"),
        (Form.ALPACA, (None, "q"), "not user and assistant in turn"),
        (Form.ALPACA, ("", "q", "a"), "reads like none"),
    ],
)
def test_conversations_that_do_not_fit_are_refused(
    tmp_path: Path, form: Form, texts: tuple[str | None, str, str], reason: str
) -> None:
    """Further rounds, instructions without a place and empty cells are refused with the reason."""
    source = tmp_path / "in.jsonl"
    fitting, other = _example(None, "fine", "yes"), _example(*texts)
    source.write_text("\n".join(map(json.dumps, (fitting, other))))
    report = convert_file(source, tmp_path / "out", target=form)
    assert [(refusal.line, reason in refusal.reason) for refusal in report.refusals] == [(2, True)]
    assert report.converted == 1


def test_an_instruction_joins_the_prompt_on_request(tmp_path: Path) -> None:
    """--join-system puts the instruction and a blank line before the prompt."""
    options = Options(join_system=True)
    convert_file(
        data_file("tickets", "test.jsonl"), tmp_path / "o.jsonl", target=Form.COMPLETION, options=options
    )
    first = json.loads((tmp_path / "o.jsonl").read_bytes().splitlines()[0])
    assert first["prompt"].startswith("You route customer tickets")
    assert "\n\n" in first["prompt"]


def test_a_json_name_makes_one_array(tmp_path: Path) -> None:
    """An output named .json is one array with an element a line."""
    convert_file(data_file("tickets", "test.jsonl"), tmp_path / "o.json", target=Form.SHAREGPT)
    content = (tmp_path / "o.json").read_text("utf-8")
    assert len(json.loads(content)) == 60
    assert len(content.splitlines()) == 62


def test_a_file_in_the_target_format_is_not_rewritten(tmp_path: Path) -> None:
    """Chat to chat would only change spelling, so it is refused."""
    with pytest.raises(Exception, match="chat already"):
        convert_file(data_file("tickets", "test.jsonl"), tmp_path / "o.jsonl")
