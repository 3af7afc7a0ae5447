"""S008: a chat example's instructions come from `system`."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.turns:
        if turn.role == "developer":
            message = "The role `developer` belongs to reinforcement examples; chat examples say `system`."
            yield Finding(message, f"{turn.path}.role", fix=Fix("Change it to system"))


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return repairs.change(line, finding.path, lambda _: "system")


RULE = Rule(
    code="S008",
    names=("developer-role-in-sft",),
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT}),
    doc=Doc(
        what="A chat example uses the role `developer`.",
        why=(
            "The published schema has that role for reinforcement examples only; whether a supervised"
            " file with it is taken is not settled."
        ),
        example='{"role": "developer", "content": "Be kind."}',
        instead='{"role": "system", "content": "Be kind."}',
        fix="Changing it to `system` is offered.",
        source="OpenAI's schema of training examples",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
