"""P001: a preference example has an `input` object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset.convert import trl
from sentitui.dataset.convert.forms import Options, Refused
from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.format import Format
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.repairs import change
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_CONVERT = Fix("Convert it from TRL's prompt, chosen, rejected")


def _check(subject: Subject) -> Iterator[Finding]:
    data = subject.data
    if "input" not in data:
        fix = _CONVERT if _converted(data) is not None else None
        yield Finding(f"The example has no input{_looks_like(data)}.", "", "pref-missing-input", fix=fix)
    elif not isinstance(data["input"], dict):
        message = f"The input must be an object with messages, not {type_name(data['input'])}."
        yield Finding(message, "input", "pref-input-not-object")


def _looks_like(data: dict[str, Any]) -> str:
    if "chosen" in data or "rejected" in data:
        return "; it looks like a TRL example (prompt, chosen, rejected)"
    if "messages" in data:
        return "; it looks like a chat example: its messages belong in input.messages"
    return ""


def _converted(data: Any) -> dict[str, Any] | None:
    """The example that a TRL line means; None when it is none, or holds what has no place in ours."""
    if not isinstance(data, dict) or not {"chosen", "rejected"} <= data.keys() <= trl.KEYS:
        return None
    try:
        return trl.read(data, Options())
    except Refused:
        return None


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return change(line, "", _converted)


RULE = Rule(
    code="P001",
    names=("pref-missing-input", "pref-input-not-object"),
    severity=Severity.ERROR,
    formats=frozenset({Format.PREFERENCE}),
    doc=Doc(
        what="A preference example must have an `input` object that holds the messages before the answer.",
        why="The job is refused: \"Example 1 is missing key 'input'\".",
        example='{"prompt": "2 + 2?", "chosen": "4", "rejected": "5"}',
        instead=(
            '{"input": {"messages": [{"role": "user", "content": "2 + 2?"}]}, '
            '"preferred_output": [{"role": "assistant", "content": "4"}], '
            '"non_preferred_output": [{"role": "assistant", "content": "5"}]}'
        ),
        fix="Offered for TRL's prompt, chosen, rejected: the example is converted.",
        source="openai-openapi f7f4b05, FineTunePreferenceRequestInput; the service's own message",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
