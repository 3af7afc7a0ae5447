"""Q004: a label has one spelling."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.quality.answer import answer_path
from sentitui.dataset.rules.quality.labels import looks_like_classification, spellings
from sentitui.dataset.rules.repairs import change
from sentitui.dataset.rules.rule import CountCheck, Counted, Counts, Doc, Finding, Rule


def _check(counts: Counts, profile: Profile) -> Iterator[Counted]:
    if not looks_like_classification(counts):
        return
    for spelt in spellings(counts.values).values():
        usual = max(spelt, key=lambda label: spelt[label])
        for label in spelt:
            if label != usual:
                message = (
                    f"The answer {shown(repr(label))} is spelt {shown(repr(usual))} in "
                    f"{spelt[usual]} examples."
                )
                fix = Fix(f"Write it as {shown(repr(usual))}", value=usual)
                yield Counted(label, Finding(message, fix=fix))


def _repair(line: bytes, finding: Finding) -> bytes | None:
    path = answer_path(line)
    if path is None or finding.fix is None:
        return None
    return change(
        line, path, lambda answer: finding.fix.value if isinstance(answer, str) and finding.fix else None
    )


RULE = Rule(
    code="Q004",
    names=("label-variant",),
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT, Format.COMPLETION}),
    doc=Doc(
        what=(
            "In a set of few short answers, an answer is spelt in different ways (case, spaces, a "
            "final full stop)."
        ),
        why=(
            "To the model they are different answers, and code that reads them takes them for "
            "different labels."
        ),
        example='"Positive" in 40 examples, "positive." in 2',
        instead='"Positive" in all 42',
        fix="Offered: the spelling that most examples have.",
        source="none",
    ),
    checks=(CountCheck("label", _check),),
    repair=_repair,
)
