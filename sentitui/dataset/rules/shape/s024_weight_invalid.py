"""S024: a weight is 0 or 1."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.turns:
        if "weight" not in turn.data:
            continue
        weight, path = turn.data["weight"], f"{turn.path}.weight"
        if type(weight) is float and weight in (0.0, 1.0):
            fix = Fix(f"Write it as {int(weight)}", safe=True)
            yield Finding(
                f"The weight {weight} should be written {int(weight)}.",
                path,
                severity=Severity.WARNING,
                fix=fix,
            )
        elif weight is None:
            yield Finding("The weight is null; leave it out, or say 0 or 1.", path, severity=Severity.WARNING)
        elif type(weight) is not int or weight not in (0, 1):
            yield Finding(f"The weight must be 0 or 1, found {shown(json.dumps(weight))}.", path)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return repairs.change(line, finding.path, lambda weight: int(weight) if weight in (0.0, 1.0) else None)


RULE = Rule(
    code="S024",
    names=("weight-invalid",),
    severity=Severity.ERROR,
    formats=frozenset({Format.CHAT, Format.REINFORCEMENT}),
    doc=Doc(
        what="A message's `weight` is not the integer 0 or 1.",
        why=(
            "A provider refuses the file. How 1.0 and null are taken is not settled, so they are only"
            " a warning."
        ),
        example='{"role": "assistant", "content": "Hello", "weight": 0.5}',
        instead='{"role": "assistant", "content": "Hello", "weight": 1}',
        fix="0.0 and 1.0 are written as integers.",
        source="OpenAI's schema of chat examples: enum [0, 1]",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
