"""S025: weights are for answers."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.turns:
        if "weight" in turn.data and turn.role is not None and turn.role != "assistant":
            message = f"A weight on a {shown(turn.role, 20)} message; only assistant messages are trained on."
            yield Finding(message, f"{turn.path}.weight", fix=Fix("Drop the weight"))


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return repairs.drop(line, finding.path)


RULE = Rule(
    code="S025",
    names=("weight-on-non-assistant",),
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT}),
    doc=Doc(
        what="A message that is not the assistant's has a `weight`.",
        why="Only answers are trained on; it does nothing there, or is refused. Together takes it.",
        example='{"role": "user", "content": "Hi", "weight": 0}',
        instead='{"role": "user", "content": "Hi"}',
        fix="Dropping it is offered; it is not done in bulk, because its value would be lost.",
        source="OpenAI's schema of chat examples",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
