"""T011: the arguments of a call spell a JSON object."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import NotJson, arguments_of, calls, has_tools
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for call in calls(subject):
        value = arguments_of(call)
        path = f"{call.function_path}.arguments"
        if isinstance(value, NotJson):
            message = f"The arguments are not JSON: {value.problem} in {shown(repr(value.text))}."
            yield Finding(message, path, "tool-call-args-not-json")
        elif value is not None and not isinstance(value.value, dict):
            message = f"The arguments must spell a JSON object; they spell {type_name(value.value)}."
            yield Finding(message, path, "tool-call-args-not-object")


RULE = Rule(
    code="T011",
    names=("tool-call-args-not-json", "tool-call-args-not-object"),
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    doc=Doc(
        what="The `arguments` string of a call does not spell a JSON object.",
        why="The model learns to write arguments that a program cannot read.",
        example='"arguments": "{city: Bonn}"',
        instead='"arguments": "{\\"city\\": \\"Bonn\\"}"',
        fix="None: what was meant is not known.",
        source="openai-openapi f85dbe2, ChatCompletionMessageToolCall",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
)
