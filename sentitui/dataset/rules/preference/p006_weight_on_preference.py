"""P006: the outputs of a preference example have no weight."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.repairs import drop
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_DROP = Fix("Drop the weight")


def _check(subject: Subject) -> Iterator[Finding]:
    for conversation in subject.conversations:
        if conversation.part == "messages":
            continue
        for turn in conversation.turns:
            if "weight" in turn.data:
                message = "A weight means nothing here: an output is always learnt from."
                yield Finding(message, f"{turn.path}.weight", fix=_DROP)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return drop(line, finding.path)


RULE = Rule(
    code="P006",
    names=("weight-on-preference",),
    severity=Severity.WARNING,
    formats=frozenset({Format.PREFERENCE}),
    doc=Doc(
        what="An output message has a `weight`.",
        why="Preference examples have none: both outputs are always compared.",
        example='"preferred_output": [{"role": "assistant", "content": "4", "weight": 1}]',
        instead='"preferred_output": [{"role": "assistant", "content": "4"}]',
        fix="Offered: the weight is dropped; it is not done in bulk, because its value would be lost.",
        source="openai-openapi f7f4b05, FineTunePreferenceRequestInput",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
