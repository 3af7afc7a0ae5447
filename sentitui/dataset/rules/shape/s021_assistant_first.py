"""S021: the assistant does not begin."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    if subject.chat and subject.chat[0].role == "assistant":
        yield Finding("The conversation begins with the assistant.", subject.chat[0].path)


RULE = Rule(
    code="S021",
    names=("assistant-first",),
    severity=Severity.HINT,
    formats=frozenset({Format.CHAT}),
    doc=Doc(
        what="The conversation begins with an assistant message.",
        why="It teaches to speak unasked; Together wants system or user first.",
        example='[{"role": "assistant", ...}, {"role": "user", ...}, ...]',
        instead='[{"role": "user", ...}, {"role": "assistant", ...}]',
        fix="None: what came before is not known.",
        source="Together's fine-tuning data page",
    ),
    checks=(ExampleCheck(_check, Ordinary.ROLES),),
)
