"""Measures contenders: right on test prompts at temperature 0, steady over repeats at temperature 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sentitui.playground import run as asking
from sentitui.playground.contender import Contender
from sentitui.playground.labels import Labels
from sentitui.playground.run import Clients, Completion, Emit, Finished, Prompt, RunEvent, Started
from sentitui.playground.tally import Tally, tally


@dataclass(frozen=True, slots=True)
class Marks:
    """How the answers to `examples` test prompts did: of `total` answers, `label` bear the right label in any
    form, `form` are exactly a label, `exact` are exactly the right one.

    `right` and `exactly` hold per answered prompt's index whether every answer to it had the right label, or
    was exactly it. Failed completions are in no count.
    """

    examples: int
    total: int
    label: int
    form: int
    exact: int
    right: Mapping[int, bool]
    exactly: Mapping[int, bool]

    @property
    def label_accuracy(self) -> float | None:
        """The share of answers with the right label; None without answers."""
        return self.label / self.total if self.total else None

    @property
    def format_accuracy(self) -> float | None:
        """The share of answers that are exactly a label; None without answers."""
        return self.form / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Measured:
    """A contender's figures; `marks` is None when nothing was marked, `seconds` the wall time it was asked
    for."""

    contender: Contender
    marks: Marks | None
    prompts: tuple[Prompt, ...]
    repeats: int
    tallies: tuple[Tally, ...]
    seconds: float
    failed: int

    @property
    def agreement(self) -> float | None:
        """The mean share of the most frequent answer; None without answers."""
        return _mean([each.agreement for each in self.tallies if each.total])

    @property
    def distinct_mean(self) -> float | None:
        """The mean number of distinct answers per prompt; None without answers."""
        return _mean([float(each.distinct) for each in self.tallies if each.total])

    def to_json(self) -> dict[str, Any]:
        """The figures as `sentitui run --json` writes them; what was not measured is null."""
        marks = self.marks
        return {
            "name": self.contender.name,
            "model": self.contender.model,
            "system_prompt": self.contender.system_prompt,
            "test_examples": marks.examples if marks else 0,
            "label_accuracy": marks.label_accuracy if marks else None,
            "format_accuracy": marks.format_accuracy if marks else None,
            "prompts": len(self.prompts),
            "repeats": self.repeats,
            "agreement": self.agreement,
            "distinct_mean": self.distinct_mean,
            "tallies": [_tally_json(*pair) for pair in zip(self.prompts, self.tallies, strict=True)],
            "seconds": round(self.seconds, 3),
            "failed": self.failed,
        }


class Stopwatch:
    """The wall time each contender was asked for: from its first request to its last answer, phase by
    phase."""

    def __init__(self, clock: asking.Clock, emit: Emit) -> None:
        self._clock, self._emit = clock, emit
        self._first: dict[str, float] = {}
        self._last: dict[str, float] = {}

    def __call__(self, event: RunEvent) -> None:
        """Notes the time and passes the event on."""
        if isinstance(event, Started):
            self._first.setdefault(event.contender, self._clock())
        elif isinstance(event, Finished):
            self._last[event.completion.contender] = self._clock()
        self._emit(event)

    def seconds(self, contender: str) -> float:
        """What was measured; 0 for one never asked."""
        return self._last.get(contender, 0.0) - self._first.get(contender, 0.0)


@dataclass(frozen=True, slots=True)
class Answers:
    """The completions of a measurement, and the seconds each contender took."""

    marked: list[Completion]
    repeated: list[Completion]
    seconds: Mapping[str, float]


async def ask(
    contenders: Sequence[Contender],
    test: Sequence[Prompt],
    prompts: Sequence[Prompt],
    repeats: int,
    clients: Clients,
    *,
    emit: Emit,
    limit: int | None = None,
    clock: asking.Clock = asking.now,
) -> Answers:
    """Asks every test prompt once at temperature 0, then `prompts` `repeats` times at the contenders' own."""
    greedy = [replace(each, temperature=0.0) for each in contenders]
    first, second = Stopwatch(clock, emit), Stopwatch(clock, emit)
    marked = await asking.run(greedy, test, 1, clients, emit=first, limit=limit, clock=clock)
    repeated = await asking.run(contenders, prompts, repeats, clients, emit=second, limit=limit, clock=clock)
    seconds = {each.name: first.seconds(each.name) + second.seconds(each.name) for each in contenders}
    return Answers(marked, repeated, seconds)


def judge(
    contenders: Sequence[Contender],
    test: Sequence[Prompt],
    prompts: Sequence[Prompt],
    *,
    repeats: int,
    answers: Answers,
    labels: Labels | None,
) -> list[Measured]:
    """Each contender's figures: marks from the test prompts' answers, tallies from the repeated ones."""
    found = []
    for contender in contenders:
        marked = [each for each in answers.marked if each.contender == contender.name]
        marks = mark(marked, test, labels) if test and labels is not None else None
        found.append(_measured(contender, prompts, repeats, answers, marks))
    return found


def judge_repeats(
    contenders: Sequence[Contender],
    prompts: Sequence[Prompt],
    *,
    repeats: int,
    answers: Answers,
    labels: Labels | None,
) -> list[Measured]:
    """Each contender's figures when the repeated prompts are the test: every answer is marked."""
    found = []
    for contender in contenders:
        repeated = [each for each in answers.repeated if each.contender == contender.name]
        marks = mark(repeated, prompts, labels) if labels is not None else None
        found.append(_measured(contender, prompts, repeats, answers, marks))
    return found


def _measured(
    contender: Contender, prompts: Sequence[Prompt], repeats: int, answers: Answers, marks: Marks | None
) -> Measured:
    mine = [each for each in (*answers.marked, *answers.repeated) if each.contender == contender.name]
    by_prompt: list[list[str | None]] = [[] for _ in prompts]
    for each in answers.repeated:
        if each.contender == contender.name:
            by_prompt[each.prompt].append(each.answer)
    tallies = tuple(map(tally, by_prompt))
    failed = sum(1 for each in mine if each.error)
    return Measured(
        contender, marks, tuple(prompts), repeats, tallies, answers.seconds[contender.name], failed
    )


def mark(completions: Sequence[Completion], prompts: Sequence[Prompt], labels: Labels) -> Marks:
    """Marks answers against what was expected; several answers to one prompt count each."""
    right: dict[int, bool] = {}
    exactly: dict[int, bool] = {}
    total = correct = formed = exact = 0
    for each in completions:
        if each.error:
            continue
        expected = prompts[each.prompt].expected
        is_right = labels.extract(each.text) == expected
        is_exact = each.text == expected
        right[each.prompt] = is_right and right.get(each.prompt, True)
        exactly[each.prompt] = is_exact and exactly.get(each.prompt, True)
        total += 1
        correct += is_right
        formed += labels.is_exact(each.text)
        exact += is_exact
    return Marks(len(prompts), total, correct, formed, exact, right, exactly)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _tally_json(prompt: Prompt, each: Tally) -> dict[str, Any]:
    variants = [{"text": variant.text, "count": variant.count} for variant in each.variants]
    return {"prompt": prompt.text, "expected": prompt.expected, "variants": variants}
