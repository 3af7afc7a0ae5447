"""T005: no two tools of one name."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import declared, has_tools
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for function in declared(subject):
        name = function.name
        if name is None:
            continue
        if name in first:
            message = f"A second function is called {shown(repr(name))}; the first is {first[name]}."
            yield Finding(message, f"{function.path}.name")
        first.setdefault(name, function.path)


RULE = Rule(
    code="T005",
    names=("duplicate-tool-name",),
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    doc=Doc(
        what="Two functions of one example have the same name.",
        why="A call by that name could mean either of them.",
        example='"tools": [{... "name": "search" ...}, {... "name": "search" ...}]',
        instead='"tools": [{... "name": "search_web" ...}, {... "name": "search_mail" ...}]',
        fix="None: which of the two is meant is not known.",
        source="inferred",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
)
