"""What a marked evaluation shows beyond its averages: which labels are confused, which prompts wander.
Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sentitui.playground.labels import Labels
from sentitui.playground.run import Completion, Prompt
from sentitui.playground.tally import Tally


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label: of `support` answers that should bear it, `recall` did; of those that bear it, `precision`
    should."""

    label: str
    support: int
    recall: float | None
    precision: float | None


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each label was answered where each was expected; None stands for an answer without a
    label."""

    labels: tuple[str, ...]
    counts: Mapping[tuple[str, str | None], int]

    def row(self, expected: str) -> list[int]:
        """The counts where that label was expected, by answered label, answers without one last."""
        return [self.counts.get((expected, given), 0) for given in (*self.labels, None)]

    def figures(self) -> list[LabelFigures]:
        """Support, recall and precision per label; None where nothing can be said."""
        found = []
        for label in self.labels:
            hit = self.counts.get((label, label), 0)
            support = sum(self.row(label))
            given = sum(self.counts.get((expected, label), 0) for expected in self.labels)
            found.append(
                LabelFigures(
                    label, support, hit / support if support else None, hit / given if given else None
                )
            )
        return found


def confusion(completions: Sequence[Completion], prompts: Sequence[Prompt], labels: Labels) -> Confusion:
    """The matrix of one contender's answers; failed ones and prompts without a known label are left out."""
    counts: Counter[tuple[str, str | None]] = Counter()
    for each in completions:
        expected = prompts[each.prompt].expected
        if not each.error and expected in labels.names:
            counts[expected, labels.extract(each.text)] += 1
    return Confusion(labels.names, counts)


def wandering(tallies: Sequence[Tally]) -> list[int]:
    """The indices of the prompts, least agreement first (then most distinct answers); silent ones left
    out."""
    asked = [index for index, each in enumerate(tallies) if each.total]
    return sorted(asked, key=lambda index: (tallies[index].agreement, -tallies[index].distinct, index))


def flips(first: Mapping[int, bool], other: Mapping[int, bool]) -> tuple[list[int], list[int]]:
    """The prompts that only `other` got right, and those that only `first` did."""
    both = sorted(first.keys() & other.keys())
    won = [index for index in both if other[index] and not first[index]]
    lost = [index for index in both if first[index] and not other[index]]
    return won, lost
