"""R003: a reinforcement example has a column that a grader can read."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_NOT_FOR_GRADERS = frozenset({"messages", "tools", "functions", "parallel_tool_calls"})


def _check(subject: Subject) -> Iterator[Finding]:
    if "messages" in subject.data and not subject.data.keys() - _NOT_FOR_GRADERS:
        yield Finding("The example has nothing beside its messages for a grader to compare the answer with.")


RULE = Rule(
    code="R003",
    names=("no-grader-fields",),
    severity=Severity.WARNING,
    formats=frozenset({Format.REINFORCEMENT}),
    doc=Doc(
        what="A reinforcement example has no key beside messages and tools.",
        why="A grader usually compares the answer with such a column; one that asks a model may do without.",
        example='{"messages": [{"role": "user", "content": "2 + 2?"}]}',
        instead='{"messages": [{"role": "user", "content": "2 + 2?"}], "answer": "4"}',
        fix="None: the reference answer is not known.",
        source="Azure's dataset checks (validate_rft), where it is an error",
    ),
    checks=(ExampleCheck(_check),),
)
