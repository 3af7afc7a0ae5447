"""T013: a called function is declared in the same example."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import calls, declared, has_tools
from sentitui.dataset.subject import Subject

# A guess compares with every declared name; a line with thousands of odd calls must not take seconds.
_MOST_GUESSES = 10


def _check(subject: Subject) -> Iterator[Finding]:
    called = [call for call in calls(subject) if call.name]
    if not called:
        return
    names = [function.name for function in declared(subject) if function.name is not None]
    if not names:
        message = "The example calls tools but declares none."
        yield Finding(message, called[0].path, "tool-calls-without-tools")
        return
    undeclared = [call for call in called if call.name not in names]
    for number, call in enumerate(undeclared):
        close = get_close_matches(call.name or "", names, 1) if number < _MOST_GUESSES else []
        meant = f"; is {shown(repr(close[0]))} meant?" if close else "."
        message = f"{shown(repr(call.name))} is called but not declared in tools{meant}"
        yield Finding(message, f"{call.function_path}.name", "undeclared-tool")


RULE = Rule(
    code="T013",
    names=("undeclared-tool", "tool-calls-without-tools"),
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    doc=Doc(
        what=(
            "A call names a function that the example's `tools` do not declare, or there are no "
            "`tools` at all."
        ),
        why="The model learns to call functions that it was not told of.",
        example='"tools": [{... "name": "get_weather" ...}] and a call of "getWeather"',
        instead='"tools": [{... "name": "get_weather" ...}] and a call of "get_weather"',
        fix="None: the declaration of a function cannot be made up.",
        source="inferred",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
)
