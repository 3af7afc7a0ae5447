"""What the contenders have said so far, and the tally of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sentitui import safe
from sentitui.playground.run import Completion, Delta, Finished, RunEvent
from sentitui.playground.tally import Normalise, Tally, exact, folded, tally
from sentitui.tui.charts import bar
from sentitui.tui.text import clip, counted, pad, pad_left, wrap

NORMALISERS: Mapping[str, Normalise] = {"exact": exact, "folded": folded}
"""Ways of counting answers as the same: as they stand, or without case and punctuation."""

_BAR = 16
"""Cells of a tally bar."""
_VARIANTS = 8
"""Distinct answers that get a bar."""


@dataclass(frozen=True, slots=True)
class PaneRow:
    """One row of a pane: "bar", "best" (the most frequent), "note", "answer" or "failed"."""

    kind: str
    text: str = ""


@dataclass
class Saying:
    """One contender's answers of the last question, growing while they stream."""

    repeats: int = 0
    texts: dict[int, str] = field(default_factory=dict)
    finished: dict[int, Completion] = field(default_factory=dict)

    def take(self, event: RunEvent) -> None:
        """Takes over what was told about this contender."""
        if isinstance(event, Delta):
            self.texts[event.repeat] = self.texts.get(event.repeat, "") + event.text
        elif isinstance(event, Finished):
            self.finished[event.completion.repeat] = event.completion
            if not event.completion.error:
                self.texts[event.completion.repeat] = event.completion.text

    def tally(self, normalise: Normalise) -> Tally:
        """The answers that are whole, counted."""
        return tally((self.finished[repeat].answer for repeat in sorted(self.finished)), normalise)


def contender_of(event: RunEvent) -> str:
    """Whom an event is about."""
    return event.completion.contender if isinstance(event, Finished) else event.contender


def rows_of(saying: Saying, normalise: Normalise, expected: str | None, width: int) -> list[PaneRow]:
    """The pane of one contender: the tally with bars, then every answer."""
    if not saying.texts and not saying.finished:
        return []
    counts = saying.tally(normalise)
    rows = _bars(counts, saying.repeats, width)
    rows += [PaneRow("note", words) for words in _summary(counts, saying, normalise, expected)]
    rows.append(PaneRow("gap"))
    for repeat in sorted({*saying.texts, *saying.finished}):
        rows += _answer(repeat, saying, width)
    return rows


def _bars(counts: Tally, repeats: int, width: int) -> list[PaneRow]:
    rows = []
    size = min(_BAR, max(width // 4, 4))
    for place, variant in enumerate(counts.variants[:_VARIANTS]):
        share = variant.count / max(repeats, 1)
        lead = f"{bar(share, size)} {pad_left(str(variant.count), len(str(repeats)))}x {share:4.0%}  "
        rows.append(
            PaneRow(
                "best" if place == 0 else "bar",
                lead + clip(safe.line(variant.text), max(width - len(lead), 4)),
            )
        )
    hidden = len(counts.variants) - _VARIANTS
    if hidden > 0:
        rows.append(PaneRow("note", f"and {counted(hidden, 'other answer')}"))
    return rows


def _summary(counts: Tally, saying: Saying, normalise: Normalise, expected: str | None) -> Iterable[str]:
    done = len(saying.finished)
    if done < saying.repeats:
        yield f"{done} of {saying.repeats} answers are whole…"
    elif counts.total:
        yield f"{counted(counts.distinct, 'different answer')}, agreement {counts.agreement:.0%}"
    if counts.failed:
        yield f"{counts.failed} failed"
    if expected and counts.total:
        right = sum(v.count for v in counts.variants if normalise(v.text) == normalise(expected))
        yield f"{right} of {counts.total} are “{safe.line(expected)}”, as the example says"


def _answer(repeat: int, saying: Saying, width: int) -> Sequence[PaneRow]:
    completion = saying.finished.get(repeat)
    if completion is not None and completion.error:
        return [
            PaneRow("failed", row) for row in wrap(f"{repeat + 1:>2} ✗ {safe.line(completion.error)}", width)
        ]
    shown = safe.line(saying.texts.get(repeat, "").strip())
    first, *rest = wrap(shown, max(width - 4, 8))
    return [
        PaneRow("answer", f"{pad(pad_left(str(repeat + 1), 2), 3)} {first}"),
        *(PaneRow("answer", f"    {row}") for row in rest),
    ]
