"""Q005: no label drowns the others."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.quality.labels import looks_like_classification, spellings
from sentitui.dataset.rules.rule import CountCheck, Counted, Counts, Doc, Finding, Rule

LARGEST = 0.9
SMALLEST = 0.01


def _check(counts: Counts, profile: Profile) -> Iterator[Counted]:
    if not looks_like_classification(counts):
        return
    sizes = {
        max(spelt, key=lambda s: spelt[s]): sum(spelt.values()) for spelt in spellings(counts.values).values()
    }
    total = sum(sizes.values())
    largest, smallest = max(sizes, key=lambda s: sizes[s]), min(sizes, key=lambda s: sizes[s])
    if len(sizes) == 1:
        message = f"Every answer is {shown(repr(largest))}: there is nothing to tell apart."
        yield Counted(None, Finding(message, severity=Severity.WARNING))
    elif sizes[largest] > LARGEST * total:
        share = sizes[largest] / total
        yield Counted(
            None,
            Finding(f"{share:.0%} of the answers are {shown(repr(largest))} ({_of(sizes, largest, total)})."),
        )
    elif sizes[smallest] < SMALLEST * total:
        message = f"Only {_of(sizes, smallest, total)} answers are {shown(repr(smallest))}: under 1 %."
        yield Counted(None, Finding(message))


def _of(sizes: dict[str, int], label: str, total: int) -> str:
    return f"{sizes[label]:,} of {total:,}"


RULE = Rule(
    code="Q005",
    names=("label-imbalance",),
    severity=Severity.HINT,
    formats=frozenset({Format.CHAT, Format.COMPLETION}),
    doc=Doc(
        what=(
            "In a set of few short answers, one makes up over 90 % of them, another under 1 %, or "
            "there is only one."
        ),
        why="The model learns to give the frequent answer whatever it is asked.",
        example='95 examples answered "no", 5 answered "yes"',
        instead="about as many of each, or as many as the model will meet",
        fix="None: examples cannot be made up.",
        source="OpenAI fine-tuning best practices; OpenAI's prepare_data tool",
    ),
    checks=(CountCheck("label", _check),),
)
