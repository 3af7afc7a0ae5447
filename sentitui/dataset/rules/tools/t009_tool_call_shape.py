"""T009: a call has an id, type "function", and a function with a name and arguments."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.repairs import add
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import Call, calls, has_tools
from sentitui.dataset.subject import Subject

_PLAIN = re.compile(r"[A-Za-z0-9]*")
_ADD_TYPE = Fix('Add "type": "function"', safe=True)
_ADD_ID = Fix("Give the call a new id")


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.turns:
        value = turn.data.get("tool_calls")
        for i, call in enumerate(value if isinstance(value, list) else ()):
            if not isinstance(call, dict):
                where = f"{turn.path}.tool_calls[{i}]"
                yield Finding(f"A call must be an object, not {type_name(call)}.", where, "tool-call-type")
    for call in calls(subject):
        if not call.legacy:
            yield from _id(call, subject.profile.limits.tool_call_id_characters)
            yield from _type(call)
        yield from _function(call)


def _id(call: Call, characters: int | None) -> Iterator[Finding]:
    if "id" not in call.data:
        yield Finding("The call has no id.", call.path, "tool-call-missing-id", fix=_ADD_ID)
    elif call.id is None:
        message = f"The id of a call must be a string, not {type_name(call.data['id'])}."
        yield Finding(message, f"{call.path}.id", "tool-call-id-type")
    elif characters is not None and not (len(call.id) == characters and _PLAIN.fullmatch(call.id)):
        message = (
            f"The id of a call must be exactly {characters} letters and digits; it is {shown(repr(call.id))}."
        )
        yield Finding(message, f"{call.path}.id", "tool-call-id-form")


def _type(call: Call) -> Iterator[Finding]:
    if "type" not in call.data:
        yield Finding(
            'The call has no type; it must be "function".', call.path, "tool-call-type", fix=_ADD_TYPE
        )
    elif call.data["type"] != "function":
        message = f'The type of a call must be "function", not {shown(repr(call.data["type"]))}.'
        yield Finding(message, f"{call.path}.type", "tool-call-type")


def _function(call: Call) -> Iterator[Finding]:
    function = call.function
    if function is None:
        found = f"not {type_name(call.data['function'])}" if "function" in call.data else "and it is missing"
        yield Finding(f"The function of a call must be an object, {found}.", call.path, "tool-call-function")
        return
    if not call.name:
        found = (
            "missing"
            if "name" not in function
            else "empty"
            if call.name == ""
            else type_name(function["name"])
        )
        message = f"A call must name its function with a string; the name is {found}."
        yield Finding(message, call.function_path, "tool-call-name")
    if "arguments" not in function:
        message = 'The call has no arguments; write "{}" when there are none.'
        yield Finding(message, call.function_path, "tool-call-args-missing")


def _repair(line: bytes, finding: Finding) -> bytes | None:
    if finding.name == "tool-call-type":
        return add(line, finding.path, "type", "function")
    # The same line and place give the same id again, and no other place in the line does.
    digest = hashlib.sha256(line + finding.path.encode()).hexdigest()
    return add(line, finding.path, "id", f"call_{digest[:24]}")


RULE = Rule(
    code="T009",
    names=(
        "tool-call-type",
        "tool-call-function",
        "tool-call-name",
        "tool-call-args-missing",
        "tool-call-id-type",
        "tool-call-missing-id",
        "tool-call-id-form",
    ),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what=(
            'A call needs an id (a string), type "function", and a function with its name and arguments. '
            "For mistral-finetune the id is exactly 9 letters and digits."
        ),
        why=(
            "The schema of a call requires all of them. (A sample of Microsoft's has no id; "
            "OpenAI's schema does.) mistral-finetune refuses other ids in its own data checks."
        ),
        example='{"function": {"name": "get_weather", "arguments": "{}"}}',
        instead=(
            '{"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}'
        ),
        fix="Safe: a missing type is added. Offered: a new id where there is none.",
        source="openai-openapi f85dbe2, ChatCompletionMessageToolCall; mistral-finetune data checks",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
    repair=_repair,
)
