"""What a training file is made of: roles, turns, lengths, tokens, labels, system prompts; and what training
costs.

Owns sums over examples; nothing is kept of them but numbers, labels and system prompts. A large file is
sampled, and says so. Refuses to judge: what is wrong with an example is the checker's to say.
"""

from __future__ import annotations

from array import array
from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from sentitui.dataset.example import Example
from sentitui.dataset.prices import Price
from sentitui.dataset.rules.quality.labels import looks_like_classification
from sentitui.dataset.rules.rule import Counts
from sentitui.dataset.tokens import Counter, Estimate, TokenCount, openai_counter
from sentitui.dataset.tokens.estimate import WHOLE_FILE, Piece, estimate, sample_lines
from sentitui.errors import DatasetError

MOST_TEXTS = 10_000
"""Of distinct labels and system prompts: with more, each example has its own and the rest is left out."""

TARGET_EPOCHS = 3
LEAST_TARGET_EXAMPLES, MOST_TARGET_EXAMPLES = 100, 25_000
LEAST_EPOCHS, MOST_EPOCHS = 1, 25


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number is spread over the examples; all zero when there are none."""

    least: int = 0
    median: int = 0
    p95: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """A file's figures, over the examples read (all of them when `tokens.whole`).

    `messages` and `characters` are per example; `tokens_per_example` too, uncut; `roles` counts messages.
    `labels` is None unless the set looks like classification. `system_prompts` are the most frequent first,
    None among them for examples without one. `over_context` examples are longer than the context, where
    they are cut; `tokens` is the file's total as trained: each example cut there. `exact` says whether
    every count was (see TokenCount).
    """

    examples: int
    skipped: int
    roles: Mapping[str, int]
    messages: Spread
    characters: Spread
    tokens_per_example: Spread
    tokens: Estimate
    over_context: int
    exact: bool
    labels: Mapping[str, int] | None
    system_prompts: tuple[tuple[str | None, int], ...]


def file_statistics(
    path: Path,
    counter: Counter | None = None,
    *,
    context: int | None = None,
    seed: int = 0,
    whole_file: int = WHOLE_FILE,
) -> Statistics:
    """The figures of a file, sampled when it is larger than `whole_file` bytes.

    `context` in tokens is where examples are cut. DatasetError when the file cannot be read.
    """
    sample = sample_lines(path, seed=seed, whole_file=whole_file)
    figures = _Figures(counter or openai_counter(), context)
    pieces = [figures.take(lines) for lines in sample.pieces]
    return figures.result(estimate(sample, pieces))


def auto_epochs(examples: int) -> int:
    """The epochs that `auto` means for a number of examples: 3, more for few examples, fewer for many.

    OpenAI's cookbook ("Data preparation and analysis for chat model fine-tuning"), as observed on the
    service.
    """
    if examples <= 0:
        return TARGET_EPOCHS
    if examples * TARGET_EPOCHS < LEAST_TARGET_EXAMPLES:
        return min(MOST_EPOCHS, LEAST_TARGET_EXAMPLES // examples)
    if examples * TARGET_EPOCHS > MOST_TARGET_EXAMPLES:
        return max(LEAST_EPOCHS, MOST_TARGET_EXAMPLES // examples)
    return TARGET_EPOCHS


@dataclass(frozen=True, slots=True)
class TrainingCost:
    """What training should take: tokens over all epochs, and USD (`low` to `high`; None: no price)."""

    epochs: int
    tokens: int
    usd: float | None
    low: float | None
    high: float | None


def training_cost(tokens: Estimate, epochs: int, price: Price | None) -> TrainingCost:
    """The expected tokens and price of training a file for some epochs (validation is free)."""

    def of(count: int) -> float | None:
        return price.training_cost(count, epochs) if price is not None else None

    return TrainingCost(epochs, tokens.total * epochs, of(tokens.total), of(tokens.low), of(tokens.high))


def spread(values: Iterable[int]) -> Spread:
    """Least, median (the lower of two), 95th percentile (nearest rank) and most."""
    ordered = sorted(values)
    if not ordered:
        return Spread()
    last = len(ordered) - 1
    return Spread(ordered[0], ordered[last // 2], ordered[-(-95 * len(ordered) // 100) - 1], ordered[last])


class _Figures:
    """Sums over examples, a few numbers each."""

    def __init__(self, counter: Counter, context: int | None) -> None:
        self._counter = counter
        self._context = context
        self._roles: Tally[str] = Tally()
        self._labels: Tally[str] = Tally()
        self._systems: Tally[str | None] = Tally()
        self._messages, self._characters, self._tokens = array("Q"), array("Q"), array("Q")
        self._skipped = self._over_context = 0
        self._exact = True

    def take(self, lines: Iterable[bytes]) -> Piece:
        """Adds the examples among some lines; gives their tokens, cut at the context."""
        tokens = trained = size = examples = 0
        for line in lines:
            size += len(line)
            count = self._add(line)
            if count is not None:
                cut = count.total if self._context is None else min(count.total, self._context)
                # The answer stands at the end, so it is what a cut takes first.
                learned = max(0, count.trained - (count.total - cut))
                tokens, trained, examples = tokens + cut, trained + learned, examples + 1
        return Piece(tokens, trained, size, examples)

    def _add(self, line: bytes) -> TokenCount | None:
        try:
            data = orjson.loads(line)
            count = self._counter.count(data) if isinstance(data, dict) else None
        except (orjson.JSONDecodeError, DatasetError):
            count = None
        if count is None:
            self._skipped += bool(line.strip())
            return None
        self._tokens.append(count.total)
        self._exact = self._exact and count.exact
        self._over_context += self._context is not None and count.total > self._context
        self._describe(Example(data))
        return count

    def _describe(self, example: Example) -> None:
        messages = example.messages
        self._messages.append(len(messages))
        self._roles.update(message.role or "(none)" for message in messages)
        self._characters.append(sum(len(message.text) for message in messages) or _characters(example.data))
        _count_text(self._systems, example.system_prompt)
        if example.label is not None:
            _count_text(self._labels, example.label)

    def result(self, tokens: Estimate) -> Statistics:
        """The figures, with the file's tokens."""
        labels = Counts(self._labels, len(self._tokens), len(self._labels) < MOST_TEXTS)
        return Statistics(
            examples=len(self._tokens),
            skipped=self._skipped,
            roles=dict(self._roles.most_common()),
            messages=spread(self._messages),
            characters=spread(self._characters),
            tokens_per_example=spread(self._tokens),
            tokens=tokens,
            over_context=self._over_context,
            exact=self._exact,
            labels=dict(self._labels.most_common()) if looks_like_classification(labels) else None,
            system_prompts=tuple(self._systems.most_common()),
        )


def _count_text(tally: Tally[Any], text: str | None) -> None:
    if text in tally or len(tally) < MOST_TEXTS:
        tally[text] += 1


def _characters(data: Mapping[str, Any]) -> int:
    """The characters of an example without messages: prompt and completion."""
    return sum(len(data[key]) for key in ("prompt", "completion") if isinstance(data.get(key), str))
