"""R004: all reinforcement examples have the same columns, of the same types."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import CountCheck, Counted, Counts, Doc, Finding, Rule


def _check(counts: Counts, profile: Profile) -> Iterator[Counted]:
    if len(counts.values) < 2:
        return
    usual = max(counts.values, key=lambda columns: counts.values[columns])
    for columns in counts.values:
        if columns != usual:
            found, expected = shown(columns or "none", 80), shown(usual or "none", 80)
            yield Counted(columns, Finding(f"The columns are {found}; most examples have {expected}."))


RULE = Rule(
    code="R004",
    names=("rft-columns-inconsistent",),
    severity=Severity.WARNING,
    formats=frozenset({Format.REINFORCEMENT}),
    doc=Doc(
        what=(
            "An example has other columns, or columns of other types, than most examples of the file. "
            "Whether the grader's template names a column that no example has cannot be seen here: the "
            "grader is part of the job, not of the training file."
        ),
        why="A grader's template names columns; where one is missing or of another type the grader fails.",
        example='{"messages": [...], "anwser": 4} among examples with "answer": "4"',
        instead='{"messages": [...], "answer": "4"}',
        fix="None: what was meant is not known.",
        source="Azure's dataset checks (validate_rft)",
    ),
    checks=(CountCheck("columns", _check),),
)
