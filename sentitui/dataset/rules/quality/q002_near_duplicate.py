"""Q002: no example is nearly the same as another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.rules.quality.near import Neighbours, signature
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, Finding, GroupCheck, Member, NearCheck, Rule

MOST_EXAMPLES = 20_000
"""A signature costs some 50 microseconds: of more examples only the folded texts are compared."""


def _check_equal(members: Sequence[Member]) -> Iterator[Finding]:
    first = members[0]
    seen = {first.exact}
    for member in members[1:]:
        # An example that is the same to the letter is Q001's.
        if member.exact not in seen:
            message = f"But for case, spaces and punctuation the example is the same as line {first.line}."
            yield Finding(message, line=member.line)
        seen.add(member.exact)


def _check_near(line: int, similar: Sequence[int]) -> Iterator[Finding]:
    before = [other for other in similar if other < line]
    if before:
        yield Finding(f"The example is nearly the same as line {min(before)}.", line=line)


RULE = Rule(
    code="Q002",
    names=("near-duplicate",),
    severity=Severity.HINT,
    formats=EVERY_FORMAT,
    doc=Doc(
        what=(
            "An example differs from an earlier one in case, spaces and punctuation only, or shares at least "
            "0.9 of its runs of four bytes with it (MinHash; up to 20,000 examples)."
        ),
        why="Such examples teach little more than one of them, and split over two files they leak.",
        example='"Great phone!" on line 4, "great phone" on line 9',
        instead="one of them, or two that differ",
        fix="None: which of them to keep is yours to say.",
        source="none; the threshold is the usual one for text sets",
    ),
    checks=(GroupCheck("folded", _check_equal), NearCheck(signature, Neighbours, _check_near, MOST_EXAMPLES)),
)
