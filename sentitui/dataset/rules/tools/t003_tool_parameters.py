"""T003: a function's `parameters` is an object and `strict` a boolean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.repairs import change
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import declared, has_tools
from sentitui.dataset.subject import Subject

_PARSE = Fix("Replace the text by the JSON object that it spells", safe=True)


def _check(subject: Subject) -> Iterator[Finding]:
    for function in declared(subject):
        parameters = function.data.get("parameters")
        if "parameters" in function.data and not isinstance(parameters, dict):
            fix = _PARSE if _parsed(parameters) is not None else None
            message = f"The parameters must be a JSON Schema object, not {type_name(parameters)}."
            yield Finding(message, f"{function.path}.parameters", "tool-parameters-not-object", fix=fix)
        strict = function.data.get("strict")
        if strict is not None and not isinstance(strict, bool):
            message = f"strict must be true, false or null, not {type_name(strict)}."
            yield Finding(message, f"{function.path}.strict", "tool-strict")


def _parsed(value: Any) -> dict[str, Any] | None:
    try:
        parsed = orjson.loads(value) if isinstance(value, str) else None
    except orjson.JSONDecodeError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return change(line, finding.path, _parsed)


RULE = Rule(
    code="T003",
    names=("tool-parameters-not-object", "tool-strict"),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="`parameters` must be a JSON Schema object; `strict` true, false or null.",
        why="The schema of a function allows nothing else; the job is refused.",
        example='"parameters": "{\\"type\\": \\"object\\", \\"properties\\": {}}"',
        instead='"parameters": {"type": "object", "properties": {}}',
        fix="Safe: a string that spells a JSON object is replaced by that object.",
        source="openai-openapi f85dbe2, FunctionObject",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
    repair=_repair,
)
