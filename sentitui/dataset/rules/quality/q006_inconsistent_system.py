"""Q006: the examples of a file have the same system prompt."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.quality.answer import system_path
from sentitui.dataset.rules.repairs import change
from sentitui.dataset.rules.rule import CountCheck, Counted, Counts, Doc, Finding, Rule

# A text in this share of the examples, and so many of them, is a second prompt on purpose.
_SECOND_SHARE = 0.2
_SECOND_LEAST = 5
# More distinct texts than this share of the examples: each example has its own.
_OWN_SHARE = 0.9
# Comparing two prompts takes about a millisecond.
_MOST_DIFFED = 200


def _check(counts: Counts, profile: Profile) -> Iterator[Counted]:
    if not counts.values:
        return
    with_system = sum(counts.values.values())
    usual = max(counts.values, key=lambda text: counts.values[text])
    if counts.values[usual] * 2 > counts.examples:
        yield from _odd_ones(counts, usual)
        missing = counts.examples - with_system
        if missing and counts.complete:
            message = (
                f"{missing:,} of {counts.examples:,} examples have no system prompt; the others have one."
            )
            yield Counted(None, Finding(message))
    elif len(counts.values) > max(1, _OWN_SHARE * counts.examples) or not counts.complete:
        message = (
            "Nearly every example has a system prompt of its own; ask the tuned model with one that it saw."
        )
        yield Counted(None, Finding(message, severity=Severity.HINT))


def _odd_ones(counts: Counts, usual: str) -> Iterator[Counted]:
    for number, (text, count) in enumerate(counts.values.items()):
        is_second = count >= _SECOND_LEAST and count >= _SECOND_SHARE * counts.examples
        if text != usual and not is_second:
            message = f"The system prompt differs from that of {counts.values[usual]:,} examples"
            message += f": {_difference(usual, text)}." if number < _MOST_DIFFED else "."
            yield Counted(text, Finding(message, fix=Fix("Use the usual system prompt", value=usual)))


@lru_cache(maxsize=1000)
def _difference(usual: str, text: str) -> str:
    """The words in which a text differs, from the first to the last."""
    if not text.strip():
        return "it is empty"
    # Up to the space before the first difference, and from the space after the last one.
    begin = text.rfind(" ", 0, _shared(usual, text)) + 1
    alike = min(_shared(usual[::-1], text[::-1]), len(usual) - begin, len(text) - begin)
    space = text.find(" ", len(text) - alike)
    tail = len(text) - space if space >= 0 else 0
    here, there = text[begin : len(text) - tail], usual[begin : len(usual) - tail]
    return f"{shown(repr(here))} instead of {shown(repr(there))}"


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    shorter = min(len(one), len(other))
    return next((i for i in range(shorter) if one[i] != other[i]), shorter)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    path, fix = system_path(line), finding.fix
    if path is None or fix is None:
        return None
    return change(line, path, lambda text: fix.value if isinstance(text, str) else None)


RULE = Rule(
    code="Q006",
    names=("inconsistent-system",),
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT}),
    doc=Doc(
        what=(
            "Most examples share one system prompt and this one has another, or none. When every example has "
            "its own, that is one hint for the file."
        ),
        why=(
            "The tuned model answers best under the prompt that it was trained with; odd ones are "
            "often slips."
        ),
        example='"You classify reviews." in 98 examples, "You clasify reviews." in 2',
        instead='"You classify reviews." in all of them',
        fix="Offered: the prompt that most examples have.",
        source="Azure's dataset checks (validate_sft) and troubleshooting page",
    ),
    checks=(CountCheck("system", _check),),
    repair=_repair,
)
