"""R001: a reinforcement example ends with a user message."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.rules.repairs import drop
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_DROP = Fix("Drop the answer")


def _check(subject: Subject) -> Iterator[Finding]:
    if not subject.chat or subject.chat[-1].role in (None, "user"):
        return
    last = subject.chat[-1]
    before = subject.chat[-2].role if len(subject.chat) > 1 else None
    fix = _DROP if last.role == "assistant" and before == "user" else None
    message = (
        f"The last message must be the user's; it is {shown(last.role)}. The model answers it in training."
    )
    yield Finding(message, last.path, fix=fix)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return drop(line, finding.path)


RULE = Rule(
    code="R001",
    names=("rft-last-not-user",),
    severity=Severity.ERROR,
    formats=frozenset({Format.REINFORCEMENT}),
    doc=Doc(
        what="The last message of a reinforcement example is not a user message.",
        why="In training the model answers the last message and the grader judges the answer.",
        example='"messages": [{"role": "user", ...}, {"role": "assistant", ...}], "answer": "4"',
        instead='"messages": [{"role": "user", ...}], "answer": "4"',
        fix="Offered: an answer right after a user message is dropped.",
        source="Azure reinforcement fine-tuning page",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
