"""S020: somebody asks."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    roles = [turn.role for turn in subject.chat]
    if (
        roles
        and "user" not in roles
        and set(roles) <= {"system", "developer", "assistant", "tool", "function"}
    ):
        yield Finding("No user message: the model learns to answer without being asked.", "messages")


RULE = Rule(
    code="S020",
    names=("no-user",),
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT}),
    doc=Doc(
        what="No message is the user's.",
        why="The model will be asked by users; Azure's own checks refuse it.",
        example='[{"role": "system", ...}, {"role": "assistant", ...}]',
        instead='[{"role": "system", ...}, {"role": "user", ...}, {"role": "assistant", ...}]',
        fix="None: what was asked is not known.",
        source="the cookbook's format checks; Azure's validate_sft",
    ),
    checks=(ExampleCheck(_check, Ordinary.ROLES),),
)
