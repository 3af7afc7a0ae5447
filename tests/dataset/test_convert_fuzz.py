"""Conversions under any input: every entry is converted or refused, nothing else happens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentitui.dataset.convert.forms import Form, Options
from sentitui.dataset.convert.run import ConvertReport, convert_file
from sentitui.errors import DatasetError

JSON_FORMS = [form for form in Form if not form.is_table]
WORDS = (
    *(
        "messages",
        "role",
        "content",
        "weight",
        "name",
        "tool_calls",
        "tools",
        "conversations",
        "from",
        "value",
    ),
    *("system", "instruction", "input", "output", "history", "prompt", "completion", "chosen", "rejected"),
    *("preferred_output", "non_preferred_output", "type", "text", "arguments"),
)
SPEAKERS = ("user", "assistant", "system", "tool", "human", "gpt", "function_call", "observation", "")
LEAVES = st.none() | st.booleans() | st.integers() | st.sampled_from(SPEAKERS) | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=25,
)
ENTRIES = st.lists(
    st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=6) | VALUES, min_size=1, max_size=4
)
EACH_IN_ONE_FOLDER = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _tried(source: Path, form: Form, target: Form, options: Options) -> ConvertReport | DatasetError:
    try:
        return convert_file(
            source, source.with_suffix(".out"), source=form, target=target, options=options, overwrite=True
        )
    except DatasetError as error:
        return error


@EACH_IN_ONE_FOLDER
@given(entries=ENTRIES, target=st.sampled_from(Form), options=st.builds(Options, strip=st.booleans()))
@pytest.mark.parametrize("form", JSON_FORMS)
def test_any_json_is_accounted_for(
    tmp_path: Path, form: Form, entries: list[Any], target: Form, options: Options
) -> None:
    """Whatever values stand under the known keys, each entry of a file is converted or refused."""
    for content in (json.dumps(entries), "\n".join(map(json.dumps, entries))):
        source = tmp_path / "in.jsonl"
        source.write_text(content)
        tried = _tried(source, form, target, options)
        if isinstance(tried, ConvertReport):
            assert tried.converted + tried.refused == len(entries)
            assert len(tried.refusals) == tried.refused
        else:
            assert tried.hint


@EACH_IN_ONE_FOLDER
@given(content=st.binary(max_size=200), target=st.sampled_from(Form))
@pytest.mark.parametrize("form", Form)
def test_any_bytes_end_in_a_report_or_a_clear_error(
    tmp_path: Path, form: Form, content: bytes, target: Form
) -> None:
    """Bytes that are no text, no JSON and no table never end in anything but our own error."""
    source = tmp_path / "in"
    source.write_bytes(content)
    tried = _tried(source, form, target, Options())
    assert tried.message if isinstance(tried, DatasetError) else tried.converted


@EACH_IN_ONE_FOLDER
@given(content=st.text("ab,;\t|\"'\r\n ", max_size=80))
def test_any_table_is_accounted_for(tmp_path: Path, content: str) -> None:
    """Whatever commas, quotes and line ends there are, a table ends in a report or a clear error."""
    source = tmp_path / "in.csv"
    source.write_bytes(b"text,label\nfine,x\n" + content.encode())
    report = convert_file(source, tmp_path / "out.jsonl", overwrite=True)
    assert report.converted >= 1
    assert len(report.refusals) == report.refused
