"""T006: the legacy `functions` hold 1 to 128 functions, and do not stand beside `tools`."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.format import Format
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.repairs import change
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import has_tools
from sentitui.dataset.subject import Subject

MOST = 128
_CONVERT = Fix("Convert functions to tools")


def _check(subject: Subject) -> Iterator[Finding]:
    data = subject.data
    if "functions" not in data:
        return
    functions = data["functions"]
    if not isinstance(functions, list):
        yield Finding(
            f"functions must be an array, not {type_name(functions)}.", "functions", "functions-count"
        )
    elif not 1 <= len(functions) <= MOST:
        message = f"functions must hold 1 to {MOST} functions; it holds {len(functions)}."
        yield Finding(message, "functions", "functions-count")
    if "tools" in data:
        can = isinstance(functions, list) and isinstance(data["tools"], list)
        message = "Both tools and the legacy functions are given; which of them the model sees is not stated."
        yield Finding(message, "functions", "tools-and-functions", fix=_CONVERT if can else None)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return change(line, "", _converted)


def _converted(data: dict[str, object]) -> dict[str, object] | None:
    functions, tools = data.get("functions"), data.get("tools")
    if not isinstance(functions, list) or not isinstance(tools, list):
        return None
    added = [{"type": "function", "function": function} for function in functions]
    kept = {key: value for key, value in data.items() if key != "functions"}
    return {**kept, "tools": [*tools, *(tool for tool in added if tool not in tools)]}


RULE = Rule(
    code="T006",
    names=("functions-count", "tools-and-functions"),
    severity=Severity.ERROR,
    severities={"tools-and-functions": Severity.WARNING},
    formats=frozenset({Format.CHAT}),
    doc=Doc(
        what="The legacy `functions` must hold 1 to 128 functions, and should not stand beside `tools`.",
        why="The schema limits `functions`; with both given it is not stated which the model is shown.",
        example='"functions": [], "tools": [{"type": "function", ...}]',
        instead='"tools": [{"type": "function", ...}]',
        fix="Offered: the functions are moved into `tools`.",
        source="openai-openapi f7f4b05, FineTuneChatRequestInput.functions (minItems 1, maxItems 128)",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
    repair=_repair,
)
