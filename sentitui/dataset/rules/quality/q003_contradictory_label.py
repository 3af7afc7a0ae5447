"""Q003: equal inputs have equal answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, Finding, GroupCheck, Member, Rule


def _check(members: Sequence[Member]) -> Iterator[Finding]:
    answered = [member for member in members if member.answer]
    answers = Counter(member.answer for member in answered)
    if len(answers) < 2:
        return
    # Of equally frequent answers most_common gives the one that came first.
    usual = answers.most_common(1)[0][0]
    first = next(member for member in answered if member.answer == usual)
    for member in answered:
        if member.answer != usual:
            yield Finding(_message(member, first), line=member.line)


def _message(member: Member, first: Member) -> str:
    text = f"The same input as line {first.line} has another answer here"
    if member.label is None or first.label is None:
        return f"{text}."
    return f"{text}: {shown(repr(member.label))}, there {shown(repr(first.label))}."


RULE = Rule(
    code="Q003",
    names=("contradictory-label",),
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT, Format.COMPLETION}),
    doc=Doc(
        what=(
            "Two examples have the same input (case, spaces and punctuation do not count) and "
            "different answers."
        ),
        why=(
            "The model cannot learn both; if people disagree about a label, the model cannot agree with them."
        ),
        example='"Great phone!" answered "Positive" on line 4 and "Neutral" on line 9',
        instead="one answer, or an input that tells the two apart",
        fix="None: which answer is right is not known.",
        source="OpenAI fine-tuning best practices (agreement of labels)",
    ),
    checks=(GroupCheck("prompt", _check),),
)
