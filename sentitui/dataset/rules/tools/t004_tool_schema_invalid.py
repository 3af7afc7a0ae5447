"""T004: a function's `parameters` is valid JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.json_schema import problems_of
from sentitui.dataset.rules.tools.view import declared, has_tools
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for function in declared(subject):
        parameters = function.data.get("parameters")
        if not isinstance(parameters, dict):
            continue
        kind = parameters.get("type", "object")
        if isinstance(kind, str) and kind != "object":
            message = f'The parameters are an object: their type must be "object", not {shown(repr(kind))}.'
            yield Finding(message, f"{function.path}.parameters.type")
            continue
        for where, message in problems_of(parameters):
            yield Finding(message, f"{function.path}.{where}")


RULE = Rule(
    code="T004",
    names=("tool-schema-invalid",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what=(
            "`parameters` must be a valid JSON Schema of an object: known types, `required` a list "
            "of names, ..."
        ),
        why="The API refuses a function whose schema is invalid, and a model cannot learn to fill it.",
        example='"parameters": {"type": "object", "properties": {"city": {"type": "str"}}, "required": true}',
        instead=(
            '"parameters": {"type": "object", "properties": {"city": {"type": "string"}}, '
            '"required": ["city"]}'
        ),
        fix="None: what was meant is not known.",
        source="chat completions API (function definitions); JSON Schema 2020-12",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
)
