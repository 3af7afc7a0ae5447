"""R002: a reinforcement example gives its instructions as developer, not system."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.repairs import change
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_DEVELOPER = Fix("Change it to developer")


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.chat:
        if turn.role == "system":
            message = "system is not a role of reinforcement examples; developer is."
            yield Finding(message, f"{turn.path}.role", fix=_DEVELOPER)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return change(line, finding.path, lambda role: "developer" if role == "system" else None)


RULE = Rule(
    code="R002",
    names=("system-role-in-rft",),
    severity=Severity.WARNING,
    formats=frozenset({Format.REINFORCEMENT}),
    doc=Doc(
        what="A reinforcement example has a system message.",
        why="The schema of reinforcement examples knows developer, user, assistant and tool.",
        example='{"role": "system", "content": "Answer with a number."}',
        instead='{"role": "developer", "content": "Answer with a number."}',
        fix=(
            "Offered: the role becomes developer. It is not done in bulk: no source says that system is "
            "refused, and a model may read the two differently."
        ),
        source="openai-openapi f7f4b05, FineTuneReinforcementRequestInput",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
