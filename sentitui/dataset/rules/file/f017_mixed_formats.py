"""F017: all examples have one format."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import EVERY_FORMAT, CountCheck, Counted, Counts, Doc, Finding, Rule


def _check(counts: Counts, _profile: Profile) -> Iterator[Counted]:
    found = {name: count for name, count in counts.values.items() if count}
    if len(found) < 2:
        return
    main = max(found, key=lambda name: found[name])
    for name, count in found.items():
        if name != main:
            message = f"A {name} example in a file of {main} examples ({count} of {counts.examples})."
            yield Counted(name, Finding(message))


RULE = Rule(
    code="F017",
    names=("mixed-formats",),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The file holds examples of different formats.",
        why=(
            "A job has one method: 'Unexpected file format, expected either prompt/completion pairs "
            "or chat messages.'"
        ),
        example='{"messages": ...}\\n{"prompt": ..., "completion": ...}',
        instead='{"messages": ...}\\n{"messages": ...}',
        fix="None: move the odd lines to a file of their own, or convert them.",
        source="the server's 'Unexpected file format'; together 2.14",
    ),
    checks=(CountCheck("format", _check),),
)
