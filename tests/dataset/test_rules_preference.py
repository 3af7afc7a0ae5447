"""Rules about preference examples: one input, one good and one bad answer, text only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sentitui.dataset.check import check_example, check_file
from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.fixes import apply, fix_file
from sentitui.dataset.format import Format
from tests.fakes.lines import CALL, TOOL, chat, line

ASKED = {"role": "user", "content": "2 + 2?"}
GOOD = {"role": "assistant", "content": "4"}
BAD = {"role": "assistant", "content": "5"}
PREFERENCE = Format.PREFERENCE


def pair(good: Any = (GOOD,), bad: Any = (BAD,), *asked: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A preference example."""
    messages = {"messages": list(asked) or [ASKED], **more}
    return {"input": messages, "preferred_output": good, "non_preferred_output": bad}


def names(value: dict[str, Any], provider: str = "openai") -> list[str]:
    """The conditions of an example."""
    return [d.name for d in check_example(line(value), format=PREFERENCE, profile=provider)]


GOOD_PAIRS: dict[str, dict[str, Any]] = {
    "two answers": pair(),
    "a system message and rounds before": pair(
        [GOOD], [BAD], {"role": "system", "content": "Count."}, ASKED, GOOD, ASKED
    ),
    "tools in the input, a call preferred": pair(
        [{"role": "assistant", "tool_calls": [CALL]}], [BAD], tools=[TOOL], parallel_tool_calls=False
    ),
    "the same words in another case": pair([GOOD | {"content": "Yes"}], [BAD | {"content": "yes"}]),
    "a refusal preferred": pair([{"role": "assistant", "refusal": "I will not."}], [BAD]),
    "content in parts": pair(
        [{"role": "assistant", "content": [{"type": "text", "text": "4"}]}], [BAD],
        {"role": "user", "content": [{"type": "text", "text": "2 + 2?"}]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD_PAIRS)
def test_a_sound_example_is_left_alone(name: str) -> None:
    """Nothing at all is said about it."""
    assert names(GOOD_PAIRS[name]) == []


def test_a_whole_file_is_detected(tmp_path: Path) -> None:
    """Its format needs not be given, and its repeated outputs are no duplicates."""
    path = tmp_path / "train.jsonl"
    asked = [chat(f"{i} + {i}?")["messages"] for i in range(10)]
    path.write_bytes(b"".join(line(pair([GOOD], [BAD], *one)) + b"\n" for one in asked))
    report = check_file(path, profile="openai")
    assert report.format is PREFERENCE
    assert [d for d in report.diagnostics if d.severity is not Severity.HINT] == []


def test_a_chat_line_is_told_where_its_messages_belong() -> None:
    """A supervised example in a preference file is recognised."""
    value = {**chat("2 + 2?"), "preferred_output": [GOOD], "non_preferred_output": [BAD]}
    found = [d for d in check_example(line(value), profile="openai") if d.code == "P001"]
    assert [d.name for d in found] == ["pref-missing-input"]
    assert "input.messages" in found[0].message


def test_a_trl_line_is_converted_when_asked() -> None:
    """prompt, chosen and rejected become an input and two outputs, not in bulk."""
    one = line({"prompt": "2 + 2?", "chosen": "4", "rejected": "5"})
    (found,) = [d for d in check_example(one, format=PREFERENCE, profile="openai") if d.code == "P001"]
    assert found.fix is not None
    assert not found.fix.safe
    fixed = apply(one, found)
    assert fixed is not None
    assert check_example(fixed, format=PREFERENCE, profile="openai") == []


@pytest.mark.parametrize(
    ("good", "openai", "azure"),
    [
        ([GOOD, GOOD | {"content": "four"}], ["pref-output-count"], []),
        ([], ["pref-output-count"], ["pref-output-count"]),
        ([ASKED], ["pref-output-role"], ["pref-output-role"]),
        ("4", ["pref-output-not-array"], ["pref-output-not-array"]),
        (None, ["pref-output-not-array"], ["pref-output-not-array"]),
    ],
)
def test_an_output_is_one_answer(good: Any, openai: list[str], azure: list[str]) -> None:
    """Exactly one assistant message; Azure takes more."""
    for provider, expected in (("openai", openai), ("azure", azure)):
        assert [name for name in names(pair(good), provider) if name.startswith("pref")] == expected


def test_a_bare_message_is_put_into_an_array_in_bulk(tmp_path: Path) -> None:
    """--fix does it and changes no other byte."""
    path = tmp_path / "train.jsonl"
    one = line(pair(GOOD))
    path.write_bytes(one + b"\n")
    fix_file(path, format=PREFERENCE, profile="openai")
    assert path.read_bytes() == line(pair([GOOD])) + b"\n"


def test_a_weight_waits_for_a_person(tmp_path: Path) -> None:
    """A weight on an output is a warning that --fix leaves; on the input's messages it is none of P006's."""
    one = line(pair([{**GOOD, "weight": 1}]))
    (found,) = check_example(one, format=PREFERENCE, profile="openai")
    assert (found.code, found.severity) == ("P006", Severity.WARNING)
    assert apply(one, found) == line(pair())
    path = tmp_path / "train.jsonl"
    path.write_bytes(one + b"\n")
    fix_file(path, format=PREFERENCE, profile="openai")
    assert path.read_bytes() == one + b"\n"


def test_equal_outputs_teach_nothing() -> None:
    """A weight or the order of keys does not make them differ; a space does."""
    turned = {"content": "4", "role": "assistant"}
    assert names(pair([GOOD], [turned])) == ["identical-preference"]
    assert "identical-preference" not in names(pair([GOOD], [{**GOOD, "content": "4 "}]))


def test_no_images_in_any_part() -> None:
    """The input's images are reported, by the rule about preferences alone."""
    seen = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    assert names(pair([GOOD], [BAD], {"role": "user", "content": [seen]})) == ["pref-image"]


def test_the_input_ends_with_a_question() -> None:
    """An answer at its end is an error; a tool's answer is not."""
    assert names(pair([GOOD], [BAD], ASKED, BAD)) == ["pref-input-ends-assistant"]
    called = {"role": "assistant", "tool_calls": [CALL]}
    told = {"role": "tool", "tool_call_id": "call_1", "content": "4"}
    assert names(pair([GOOD], [BAD], ASKED, called, told, tools=[TOOL])) == []
