"""What looks wrong and is not: the catalogue's traps raise no alarm; what no source settles is no error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sentitui.dataset.check import check_example
from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from tests.fakes.lines import CALL, TOOL, chat, line

USER = {"role": "user", "content": "Hi"}
ANSWER = {"role": "assistant", "content": "Hello"}
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def image(url: str = PIXEL) -> dict[str, Any]:
    """An image part."""
    return {"type": "image_url", "image_url": {"url": url}}


def calls(*ids: str) -> dict[str, Any]:
    """An assistant message that calls a tool once for each id."""
    return {"role": "assistant", "tool_calls": [{**CALL, "id": one} for one in ids]}


def result(one: str) -> dict[str, Any]:
    """The answer to a call."""
    return {"role": "tool", "tool_call_id": one, "content": "{}"}


def tooled(*messages: dict[str, Any], **extra: Any) -> dict[str, Any]:
    """An example with a tool."""
    return {"messages": list(messages), "tools": [TOOL], **extra}


def functions(count: int) -> list[dict[str, Any]]:
    """Legacy functions."""
    return [
        {"name": f"f{number}", "parameters": {"type": "object", "properties": {}}} for number in range(count)
    ]


LONG_NAME = "n" * 64
NAMED = {
    "type": "function",
    "function": {"name": LONG_NAME, "parameters": {"type": "object", "properties": {}}},
}
NAMED_CALL = {"id": "c", "type": "function", "function": {"name": LONG_NAME, "arguments": "{}"}}

TRAPS: dict[str, Any] = {
    "ZWJ emoji": chat("👩‍👩‍👧‍👦 and 🏳️‍🌈", "👨🏽‍🚀"),
    "Persian ZWNJ": chat("می‌خواهم", "نمی‌دانم"),
    "Sinhala ZWJ": chat("ශ්‍රී ලංකා", "ක්‍ෂ"),
    "U+2028 in a text": chat("one\u2028two\u2029three", "yes"),
    "escapes inside keys": b'{"m\\u0065ssages": [{"r\\u006fle": "user", "content": "Hi"},'
    b' {"role": "assistant", "c\\u006fntent": "Hello"}]}',
    "tool answers in another order": tooled(USER, calls("a", "b"), result("b"), result("a"), ANSWER),
    "a call id reused in a later round": tooled(*[USER, calls("a"), result("a"), ANSWER] * 2),
    "a 64-character tool name": {
        "messages": [USER, {"role": "assistant", "tool_calls": [NAMED_CALL]}], "tools": [NAMED]
    },
    "exactly 10 images": {"messages": [{"role": "user", "content": [image()] * 10}, ANSWER]},
    "128 functions": chat("Hi", "Hello", functions=functions(128)),
    "a hash": chat("sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "ok"),
    "a UUID": chat("id 123e4567-e89b-12d3-a456-426614174000, 9f86d081884c7d659a2feaa0c55ad015", "ok"),
    "text like a special token": chat("write <|not a special token|> here", "a < | b"),
    "numbers that are no phone numbers": chat("2019, 2020, 2021: 1,000,000 (v12.345.6)", "3.141592653"),
    "any white space between tokens": b' {\t"messages" : [ {"role":"user","content":"Hi"} ,'
    b'{"content":"Hello","role":"assistant"}] } ',
    "escaped newlines and quotes": chat('a\n"b"\t\\', "c\\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_raises_no_alarm(name: str) -> None:
    """Nothing at all is said about a line that only looks odd."""
    value = TRAPS[name]
    one = value if isinstance(value, bytes) else line(value)
    assert check_example(one, profile="openai") == []


def test_reinforcement_columns_may_have_any_name() -> None:
    """Columns named weight or prompt belong to the grader."""
    one = line({"messages": [USER], "weight": 0.5, "prompt": "x", "completion": "y", "tools_used": 3})
    assert check_example(one, format=Format.REINFORCEMENT, profile="openai") == []


UNSETTLED: dict[str, Any] = {
    "developer in supervised data": {"messages": [{"role": "developer", "content": "x"}, USER, ANSWER]},
    "a weight on a user message": {"messages": [{**USER, "weight": 1}, ANSWER]},
    "weight 1.0": {"messages": [USER, {**ANSWER, "weight": 1.0}]},
    "weight null": {"messages": [USER, {**ANSWER, "weight": None}]},
    "all weights 0": {"messages": [USER, {**ANSWER, "weight": 0}]},
    "two system messages": {"messages": [{"role": "system", "content": "a"}] * 2 + [USER, ANSWER]},
    "assistant first": {"messages": [ANSWER, USER, ANSWER]},
    "consecutive assistants": {"messages": [USER, ANSWER, ANSWER]},
    "a tool answer without its call": tooled(USER, result("a"), ANSWER),
    "a call without its answer": tooled(USER, calls("a"), USER, ANSWER),
    "empty content": chat("", "Hello"),
    "a blank line": b"",
    "a lone CR": b'{"messages":\r[{"role":"user","content":"Hi"},\r{"role":"assistant","content":"Hello"}]}',
    "equal duplicate keys": b'{"messages": [{"role": "user", "role": "user", "content": "x"},'
    b' {"role": "assistant", "content": "y"}]}',
    "other special tokens": chat("a <|im_start|> b <|endoftext|>", "c"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSETTLED)
def test_what_no_source_settles_is_no_error(name: str) -> None:
    """It may be worth a warning, and is never an error by default."""
    value = UNSETTLED[name]
    one = value if isinstance(value, bytes) else line(value)
    assert Severity.ERROR not in {d.severity for d in check_example(one, profile="openai")}


def test_nan_is_an_error_for_the_engine_alone() -> None:
    """The embedded engine refuses it; of the others it is not known."""
    one = line(chat("Hi", "Hello"))[:-1] + b', "functions": NaN}'
    found = {d.severity for d in check_example(one, profile="openai") if d.code == "J004"}
    assert found == {Severity.WARNING}
    assert json.loads(one)["functions"] != json.loads(one)["functions"]
    assert {d.severity for d in check_example(one, profile="engine") if d.code == "J004"} == {Severity.ERROR}


def test_all_problems_of_a_line_are_told_at_once() -> None:
    """One line with many faults gives a diagnostic for each of them."""
    one = line(
        {
            "messages": [
                {"role": "User", "content": "a <|fim_suffix|>"},
                {"role": "user", "content": [], "id": 1},
                {"content": "x"},
                {"role": "assistant", "weight": 2, "content": " "},
            ],
            "extra": 1,
        }
    )
    expected = {"S004", "S006", "S007", "S013", "S017", "S024", "S028", "S029"}
    assert {d.code for d in check_example(one, profile="openai")} >= expected
