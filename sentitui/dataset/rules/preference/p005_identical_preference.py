"""P005: the two outputs of a preference example differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    good, bad = subject.data.get("preferred_output"), subject.data.get("non_preferred_output")
    if good and bad and _said(good) == _said(bad):
        yield Finding("Both outputs are the same: there is nothing to prefer.", "non_preferred_output")


def _said(output: Any) -> Any:
    """An output without what does not change what is said: weights."""
    if not isinstance(output, list):
        return output
    return [
        {key: value for key, value in message.items() if key != "weight"}
        if isinstance(message, dict)
        else message
        for message in output
    ]


RULE = Rule(
    code="P005",
    names=("identical-preference",),
    severity=Severity.WARNING,
    formats=frozenset({Format.PREFERENCE}),
    doc=Doc(
        what="The preferred and the other output are equal.",
        why="Nothing can be learnt from the example.",
        example='"preferred_output": [{... "4"}], "non_preferred_output": [{... "4"}]',
        instead='"preferred_output": [{... "4"}], "non_preferred_output": [{... "5"}]',
        fix="None: the other answer is not known.",
        source="Azure's dataset checks (validate_dpo)",
    ),
    checks=(ExampleCheck(_check),),
)
