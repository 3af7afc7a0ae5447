"""Q001: no example stands twice in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, GroupCheck, Member, Rule


def _check(members: Sequence[Member]) -> Iterator[Finding]:
    first = members[0].line
    for member in members[1:]:
        yield Finding(f"The example is the same as line {first}.", line=member.line)


RULE = Rule(
    code="Q001",
    names=("duplicate-example",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="An example equals an earlier one; order of keys, spaces and escapes do not count.",
        why="It weighs twice in training, and it may end up in the training and the validation file.",
        example='{"messages": [...]} on line 4 and again on line 9',
        instead="line 4 alone",
        fix="None by itself: delete the later line if the repetition is not meant.",
        source="OpenAI's prepare_data tool (for completions)",
    ),
    checks=(GroupCheck("exact", _check),),
)
