"""T002: a tool is `{"type": "function", "function": {"name": ...}}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.repairs import drop, value_at, wrap
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import NAME, Function, declared, has_tools
from sentitui.dataset.subject import Subject

_WRAP = Fix('Wrap the function in {"type": "function", "function": …}', safe=True)


def _check(subject: Subject) -> Iterator[Finding]:
    for path, tool in subject.tools:
        if isinstance(tool, dict):
            yield from _tool(path, tool)
    if subject.profile.limits.tool_descriptions:
        for function in declared(subject):
            yield from _description(function)


def _tool(path: str, tool: dict[str, Any]) -> Iterator[Finding]:
    if _is_bare(tool):
        message = "A bare function where a tool is expected: name and parameters belong under function."
        yield Finding(message, path, "tool-function", fix=_WRAP)
        yield from _name(path, tool)
        return
    if tool.get("type") != "function":
        found = f"is {shown(repr(tool['type']))}" if "type" in tool else "is missing"
        yield Finding(f'The type of a tool must be "function"; it {found}.', f"{path}.type", "tool-type")
    function = tool.get("function")
    if isinstance(function, dict):
        yield from _name(f"{path}.function", function)
    elif "function" in tool:
        message = f"The function of a tool must be an object, not {type_name(function)}."
        yield Finding(message, f"{path}.function", "tool-function")
    elif tool.get("type", "function") == "function":
        yield Finding("The tool has no function.", path, "tool-function")


def _description(function: Function) -> Iterator[Finding]:
    description = function.data.get("description")
    if not isinstance(description, str):
        found = type_name(description) if "description" in function.data else "missing"
        message = f"This provider wants a description of every function, a string; it is {found}."
        yield Finding(message, function.path, "tool-description")


def _is_bare(tool: dict[str, Any]) -> bool:
    return (
        "function" not in tool
        and isinstance(tool.get("name"), str)
        and tool.get("type", "function") == "function"
    )


def _name(path: str, function: dict[str, Any]) -> Iterator[Finding]:
    name = function.get("name")
    if not isinstance(name, str):
        found = type_name(name) if "name" in function else "missing"
        yield Finding(f"The name of a function must be a string; it is {found}.", f"{path}.name", "tool-name")
    elif NAME.fullmatch(name) is None:
        problem = f"it has {len(name)} characters" if len(name) > 64 else f"it is {shown(repr(name))}"
        message = f"The name of a function has 1 to 64 letters, digits, _ and -; {problem}."
        yield Finding(message, f"{path}.name", "tool-name")


def _repair(line: bytes, finding: Finding) -> bytes | None:
    tool = value_at(line, finding.path)
    if not isinstance(tool, dict) or not _is_bare(tool):
        return None
    bare = drop(line, f"{finding.path}.type") if "type" in tool else line
    return wrap(bare, finding.path, b'{"type": "function", "function": ', b"}") if bare is not None else None


RULE = Rule(
    code="T002",
    names=("tool-type", "tool-function", "tool-name", "tool-description"),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what=(
            'Every tool needs type "function" and a function with a name of 1 to 64 letters, digits, _ and -.'
            " mistral-finetune also wants a description."
        ),
        why="The schema of a tool allows nothing else; the job is refused.",
        example='{"name": "get weather", "parameters": {"type": "object", "properties": {}}}',
        instead='{"type": "function", "function": {"name": "get_weather", "parameters": {...}}}',
        fix="Safe: a bare function object is wrapped. Names are not changed: calls refer to them.",
        source="openai-openapi f85dbe2, ChatCompletionTool and FunctionObject; mistral-finetune data checks",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
    repair=_repair,
)
