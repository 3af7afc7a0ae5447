"""F016: the validation file says something."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.kinds import Kind
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, FileCheck, Finding, Rule

_FEW = 5


def _check(facts: FileFacts, _profile: Profile) -> Iterator[Finding]:
    if (
        facts.is_validation
        and facts.kind is Kind.LINES
        and facts.examples < _FEW
        and facts.lines > facts.blank
    ):
        plural = "" if facts.examples == 1 else "s"
        yield Finding(f"Only {facts.examples} validation example{plural}: its loss will say little.")


RULE = Rule(
    code="F016",
    names=("too-few-validation-examples",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The validation file has very few examples (fewer than 5).",
        why="Its loss then says little about the model.",
        example="(2 validation examples)",
        instead="(20 validation examples)",
        fix="None: write more examples, or split them off the training file.",
        source="a judgement; no provider states a number",
    ),
    checks=(FileCheck(_check),),
)
