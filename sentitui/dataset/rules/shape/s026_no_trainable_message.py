"""S026: something is trained on."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    weights = [turn.data.get("weight") for turn in subject.chat if turn.role == "assistant"]
    if weights and all(weight == 0 and type(weight) is not bool for weight in weights):
        yield Finding(
            "Every assistant message has weight 0: nothing is learnt from this example.", "messages"
        )


RULE = Rule(
    code="S026",
    names=("no-trainable-message",),
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT}),
    doc=Doc(
        what="Every assistant message has weight 0.",
        why=(
            "The example teaches nothing. No source says that it is refused, so it is an error only "
            "for the embedded engine."
        ),
        example='[..., {"role": "assistant", "content": "Hello", "weight": 0}]',
        instead='[..., {"role": "assistant", "content": "Hello", "weight": 1}]',
        fix="None: which answer to learn from is a matter of meaning.",
        source="OpenAI's supervised fine-tuning guide (weight)",
    ),
    checks=(ExampleCheck(_check),),
)
