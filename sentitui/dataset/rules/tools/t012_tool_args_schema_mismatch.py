"""T012: the arguments of a call fit the parameters of the called function."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.json_schema import mismatches, problems_of
from sentitui.dataset.rules.tools.view import Spelt, arguments_of, calls, declared, has_tools
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    if not calls(subject):
        return
    schemas = {function.name: function.data.get("parameters") for function in declared(subject)}
    for call in calls(subject):
        schema, value = schemas.get(call.name), arguments_of(call)
        if not isinstance(schema, dict) or not isinstance(value, Spelt) or not isinstance(value.value, dict):
            continue
        if problems_of(schema):
            continue
        for message in mismatches(value.value, schema):
            where = f"{call.function_path}.arguments"
            yield Finding(
                f"The call of {shown(repr(call.name))} does not fit its parameters: {message}.", where
            )


RULE = Rule(
    code="T012",
    names=("tool-args-schema-mismatch",),
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    doc=Doc(
        what=(
            "The arguments of a call miss a required parameter, have a wrong type or value, or an "
            "unknown name."
        ),
        why="The model learns to call the function in a way that the function does not take.",
        example='"parameters": {"required": ["city"], ...} and "arguments": "{\\"town\\": \\"Bonn\\"}"',
        instead='"parameters": {"required": ["city"], ...} and "arguments": "{\\"city\\": \\"Bonn\\"}"',
        fix="None: what was meant is not known.",
        source="inferred; JSON Schema 2020-12",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
)
