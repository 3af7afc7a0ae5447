"""Prompt or tune? One plain verdict from a marked comparison, with what it rests on and how sure it is. Pure.

The best contender without tuning stands against the best tuned one: right answers are those that are exactly
the expected label, compared prompt by prompt with McNemar's exact test. A prompt is right when every repeat
of it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sentitui.dataset.prices import base_model
from sentitui.playground.findings import flips
from sentitui.playground.measure import Measured
from sentitui.playground.statistics import mcnemar, sign_test, wilson
from sentitui.playground.usage import Usage

SURE = 0.05  # the usual level: below it a difference is more than chance
_MOST_PAIRS = 2000


@dataclass(frozen=True, slots=True)
class Standing:
    """One contender's case: shares with their 95 % intervals, usage, and price per 1,000 calls (None: not
    known)."""

    name: str
    model: str
    tuned: bool
    exact: float
    interval: tuple[float, float]
    label_accuracy: float
    format_accuracy: float
    agreement: float | None
    distinct: float | None
    usage: Usage
    usd_per_1000: float | None


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict and its reasons. `p` is McNemar's; `more_prompts` how many would settle it at the shares
    seen; `break_even` after how many calls a cheaper tuned model has paid for its training."""

    verdict: str
    reasons: tuple[str, ...]
    standings: tuple[Standing, ...]
    p: float | None = None
    more_prompts: int | None = None
    break_even: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The decision for `--json`."""
        return {
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "p": self.p,
            "more_prompts": self.more_prompts,
            "break_even_calls": self.break_even,
        }


def standing(measured: Measured, used: Usage, usd: float | None) -> Standing | None:
    """A contender's case; None when its answers were not marked."""
    marks = measured.marks
    if marks is None or not marks.total:
        return None
    model = measured.contender.model
    return Standing(
        measured.contender.name,
        model,
        base_model(model) != model,
        marks.exact / marks.total,
        wilson(marks.exact, marks.total),
        marks.label / marks.total,
        marks.form / marks.total,
        measured.agreement,
        measured.distinct_mean,
        used,
        usd,
    )


def decide(
    measured: Sequence[Measured], standings: Sequence[Standing], training_usd: float | None
) -> Decision:
    """Weighs the best contender without tuning against the best tuned one; `training_usd` is what tuning
    cost."""
    plain = max((each for each in standings if not each.tuned), key=_quality, default=None)
    tuned = max((each for each in standings if each.tuned), key=_quality, default=None)
    if plain is None or tuned is None:
        missing = "tuned contender" if tuned is None else "contender without tuning"
        return Decision(f"Nothing to decide: there is no marked {missing}.", (), tuple(standings))
    marks = {each.contender.name: each.marks for each in measured}
    one, other = marks[plain.name], marks[tuned.name]
    won, lost = flips(one.exactly if one else {}, other.exactly if other else {})
    p = mcnemar(len(lost), len(won))
    break_even = _break_even(plain, tuned, training_usd)
    asked = len(one.exactly) if one else 0
    more = None if p < SURE else prompts_needed(len(won), len(lost), asked)
    verdict = _verdict(plain, tuned, p)
    reasons = _reasons(plain, tuned, (len(won), len(lost), asked), more, break_even)
    return Decision(verdict, reasons, tuple(standings), p, more, break_even)


def prompts_needed(won: int, lost: int, asked: int) -> int | None:
    """How many prompts would make the difference sure, if prompts keep differing as these did; None: no end
    in sight."""
    pairs = won + lost
    if not asked or won == lost:
        return None
    share = min(won, lost) / pairs
    for total in range(pairs, _MOST_PAIRS):
        few = round(total * share)
        if sign_test(few, total - few) < SURE:
            return -(-total * asked // pairs)
    return None


def _quality(each: Standing) -> tuple[float, float]:
    return each.exact, each.label_accuracy


def _verdict(plain: Standing, tuned: Standing, p: float) -> str:
    shares = f"{tuned.exact:.0%} of answers exactly right against {plain.exact:.0%} for {plain.name}"
    if p < SURE and tuned.exact > plain.exact:
        return f"Tuning was worth it: {tuned.name} gives {shares}."
    if p < SURE:
        return f"Do not use {tuned.name}: it gives {shares}."
    return f"Undecided: {tuned.name} gives {shares}, and so few prompts cannot tell that from chance."


def _reasons(
    plain: Standing,
    tuned: Standing,
    flipped: tuple[int, int, int],
    more: int | None,
    break_even: int | None,
) -> tuple[str, ...]:
    won, lost, asked = flipped
    reasons = [
        f"Of {asked} prompts, {won} are right only with {tuned.name}, {lost} only with {plain.name}.",
        f"Right label: {plain.label_accuracy:.0%} and {tuned.label_accuracy:.0%} of answers.",
        f"Right form: {plain.format_accuracy:.0%} and {tuned.format_accuracy:.0%} of answers.",
    ]
    if plain.label_accuracy - plain.exact > 0.1:
        reasons.append(
            f"{plain.name} often knows the label but not the form: a stricter prompt may close that gap."
        )
    if plain.agreement is not None and tuned.agreement is not None:
        reasons.append(
            f"Repeats agree {plain.agreement:.0%} with {plain.name}, {tuned.agreement:.0%} with {tuned.name}."
        )
    if more is not None:
        reasons.append(f"About {more} test prompts would settle it, if they differ as these did.")
    if break_even is not None:
        reasons.append(f"At these prices tuning has paid for itself after {break_even:,} calls.")
    return tuple(reasons)


def _break_even(plain: Standing, tuned: Standing, training_usd: float | None) -> int | None:
    if training_usd is None or plain.usd_per_1000 is None or tuned.usd_per_1000 is None:
        return None
    saved = (plain.usd_per_1000 - tuned.usd_per_1000) / 1000
    return None if saved <= 0 else -int(-training_usd // saved)
