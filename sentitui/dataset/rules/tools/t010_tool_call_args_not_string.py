"""T010: the arguments of a call are a string of JSON."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.repairs import change, spelling
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import calls, has_tools
from sentitui.dataset.subject import Subject

_DUMP = Fix("Write the arguments as a string of JSON", safe=True)


def _check(subject: Subject) -> Iterator[Finding]:
    for call in calls(subject):
        function = call.function
        if function is None or "arguments" not in function or isinstance(function["arguments"], str):
            continue
        value = function["arguments"]
        message = f"The arguments of a call must be a string that spells JSON, not {type_name(value)}."
        fix = _DUMP if isinstance(value, dict) else None
        yield Finding(message, f"{call.function_path}.arguments", fix=fix)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    # The object's own spelling becomes the string: no number and no order of keys changes.
    text = spelling(line, finding.path)
    return change(line, finding.path, lambda value: text if isinstance(value, dict) else None)


RULE = Rule(
    code="T010",
    names=("tool-call-args-not-string",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="The `arguments` of a call must be a string that spells a JSON object, not the object itself.",
        why=(
            "The schema of a call requires a string, because a model writes arguments as text; the "
            "job is refused."
        ),
        example='"arguments": {"city": "Bonn"}',
        instead='"arguments": "{\\"city\\": \\"Bonn\\"}"',
        fix="Safe: an object is written as a string.",
        source="openai-openapi f85dbe2, ChatCompletionMessageToolCall; community.openai.com t/1322493",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
    repair=_repair,
)
