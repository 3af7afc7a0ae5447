"""F018: a line has one format."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_FORMATS = (
    ("chat", {"messages"}),
    ("completion", {"prompt", "completion"}),
    ("preference", {"preferred_output", "non_preferred_output"}),
)


def _check(subject: Subject) -> Iterator[Finding]:
    # A reinforcement example's columns may have any name.
    if subject.format is not Format.REINFORCEMENT:
        found = [name for name, keys in _FORMATS if keys <= subject.data.keys()]
        if len(found) > 1:
            yield Finding(f"The example fits {len(found)} formats: {' and '.join(found)}.")


RULE = Rule(
    code="F018",
    names=("ambiguous-format",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="One example fits two formats, for instance messages and prompt with completion.",
        why="Which one is trained on is left to the provider, or the file is refused.",
        example='{"messages": [...], "prompt": "Hi", "completion": "Hello"}',
        instead='{"messages": [...]}',
        fix="None: which of the two is meant is not known.",
        source="Together's fine-tuning data page",
    ),
    checks=(ExampleCheck(_check),),
)
