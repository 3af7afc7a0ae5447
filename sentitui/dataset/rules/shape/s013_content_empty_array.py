"""S013: a content array holds a part."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.turns:
        if turn.data.get("content") == []:
            yield Finding(
                "`content` is an empty array; it needs a part, or be a string.", f"{turn.path}.content"
            )


RULE = Rule(
    code="S013",
    names=("content-empty-array",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="A message's `content` is an empty array.",
        why="A provider refuses the file.",
        example='{"role": "user", "content": []}',
        instead='{"role": "user", "content": "Hi"}',
        fix="None: what was said is not known.",
        source="OpenAI's schema of training examples (minItems 1)",
    ),
    checks=(ExampleCheck(_check),),
)
