"""Q007: no example is in both the training and the validation file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, GroupCheck, Member, Rule


def _check(members: Sequence[Member]) -> Iterator[Finding]:
    training = {member.exact: member.line for member in reversed(members) if not member.validation}
    first = next((member.line for member in members if not member.validation), 0)
    for member in members:
        if not member.validation:
            continue
        if member.exact in training:
            message = f"The example is in the training file too (line {training[member.exact]})."
        else:
            message = f"The input of the example is in the training file too (line {first})."
        yield Finding(message, line=member.line)


RULE = Rule(
    code="Q007",
    names=("train-validation-leak",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="An example of the validation file, or its input, is in the training file.",
        why="The validation loss then says how well the model remembers, not how well it does on new inputs.",
        example="line 4 of train.jsonl and line 2 of validation.jsonl are the same",
        instead="the example in one of the files only",
        fix="None by itself: delete the line from the validation file.",
        source="openai-openapi f85dbe2, validation_file",
    ),
    checks=(GroupCheck("prompt", _check, across=True),),
)
