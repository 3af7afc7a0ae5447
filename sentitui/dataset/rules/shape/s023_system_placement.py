"""S023: one system message, first."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.subject import Subject

_SYSTEM = ("system", "developer")


def _check(subject: Subject) -> Iterator[Finding]:
    systems = [turn for turn in subject.chat if turn.role in _SYSTEM]
    for turn in systems[1:]:
        yield Finding("A second system message; one is expected.", turn.path, "multiple-system")
    for turn in systems[:1]:
        if turn.index > 0:
            yield Finding("The system message is not the first message.", turn.path, "system-not-first")


RULE = Rule(
    code="S023",
    names=(
        "multiple-system",
        "system-not-first",
    ),
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT}),
    doc=Doc(
        what="There is more than one system message, or it comes after another role.",
        why="Fireworks and mistral-finetune refuse it; chat templates may drop it silently.",
        example='[{"role": "user", ...}, {"role": "system", ...}, {"role": "assistant", ...}]',
        instead='[{"role": "system", ...}, {"role": "user", ...}, {"role": "assistant", ...}]',
        fix="None: whether to merge or move it is a matter of meaning.",
        source="Fireworks' data page; mistral-finetune",
    ),
    checks=(ExampleCheck(_check, Ordinary.ROLES),),
)
