"""Direct preference optimisation: the preferred answer is made likelier than the other, near the starting
model.

The loss of a pair is -log sigmoid(beta * (gain of the preferred - gain of the other)), where a gain is how
much likelier the answer is than for the model that training started from (Rafailov et al. 2023, equation
7). What the starting model says is computed once, before the first step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sentitui.engine.chat import ChatFormat
from sentitui.engine.packing import common_prefix, pack, split_rows
from sentitui.engine.training.encoding import Encoded, encode
from sentitui.engine.training.loss import ROW_TOKENS, Measured, hidden_states

DEFAULT_BETA = 0.1
_TOGETHER = 4


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one question; the preferred first."""

    preferred: Encoded
    other: Encoded


def chosen_beta(beta: float | str) -> float:
    """The weight that "auto" stands for, or the given one."""
    return DEFAULT_BETA if beta == "auto" else float(beta)


def encode_pair(example: Mapping[str, Any], chat: ChatFormat, limit: int) -> Pair:
    """Encodes an example of the preference format. Raises ChatRefused when the template cannot express it."""
    question = example["input"]
    made = [
        encode({**question, "messages": [*question["messages"], *example[key]]}, chat, limit)
        for key in ("preferred_output", "non_preferred_output")
    ]
    return Pair(*made)


class Preference:
    """Learns which of two answers is preferred."""

    def __init__(
        self, model: Any, training: Sequence[Pair], validation: Sequence[Pair], beta: float, device: Any
    ) -> None:
        import torch

        self._beta = beta
        self._device = device
        with torch.no_grad():
            self._training = [*zip(training, self._start(model, training), strict=True)]
            self._validation = [*zip(validation, self._start(model, validation), strict=True)]

    @property
    def examples(self) -> int:
        """How many pairs are trained on."""
        return len(self._training)

    @property
    def held_out(self) -> int:
        """How many pairs are kept for validation."""
        return len(self._validation)

    def learn(self, model: Any, numbers: Sequence[int], batch: Sequence[int]) -> Measured:
        """Adds the numbered pairs' part of the gradient of the mean loss per pair, a few pairs at a time."""
        total = Measured()
        for start in range(0, len(numbers), _TOGETHER):
            chosen = [self._training[number] for number in numbers[start : start + _TOGETHER]]
            losses, right = self._losses(model, chosen)
            (losses.sum() / len(batch)).backward()
            total = total + Measured(float(losses.detach().sum()), right, len(chosen))
        return total

    def validate(self, model: Any, numbers: Sequence[int]) -> Measured:
        """The sums over numbered held-out pairs; right: where the preferred answer gained more."""
        import torch

        total = Measured()
        with torch.no_grad():
            for start in range(0, len(numbers), _TOGETHER):
                chosen = [self._validation[number] for number in numbers[start : start + _TOGETHER]]
                losses, right = self._losses(model, chosen)
                total = total + Measured(float(losses.sum()), right, len(chosen))
        return total

    def _losses(self, model: Any, chosen: Sequence[tuple[Pair, Any]]) -> tuple[Any, float]:
        """The loss of each pair, and how many are ordered right."""
        import torch

        gains = self._likelihoods(model, [pair for pair, _ in chosen]) - torch.stack([at for _, at in chosen])
        margins = self._beta * (gains[:, 0] - gains[:, 1])
        return -torch.nn.functional.logsigmoid(margins), float((margins.detach() > 0).sum())

    def _start(self, model: Any, pairs: Sequence[Pair]) -> list[Any]:
        parts = [
            self._likelihoods(model, pairs[start : start + _TOGETHER])
            for start in range(0, len(pairs), _TOGETHER)
        ]
        return [row for part in parts for row in part]

    def _likelihoods(self, model: Any, pairs: Sequence[Pair]) -> Any:
        """Log-likelihood of both answers of each pair: [pairs, 2]; both share the question in one row."""
        import torch

        answers = [answer for pair in pairs for answer in (pair.preferred, pair.other)]
        tokens = [answer.tokens for answer in answers]
        sums: list[Any] = []
        for group in split_rows([len(each) for each in tokens], common_prefix(tokens), ROW_TOKENS):
            row = pack([tokens[number] for number in group])
            hidden = hidden_states(model, row, self._device)
            for place, number in enumerate(group):
                sums.append(self._likelihood(model, hidden, row, place, answers[number]))
        return torch.stack(sums).view(-1, 2)

    def _likelihood(self, model: Any, hidden: Any, row: Any, place: int, answer: Encoded) -> Any:
        import torch

        learnt = [position for position in range(1, len(answer.tokens)) if answer.learnt[position]]
        where = torch.tensor([row.index(place, position - 1) for position in learnt], device=self._device)
        wanted = torch.tensor([answer.tokens[position] for position in learnt], device=self._device)
        logits = model.get_output_embeddings()(hidden.index_select(0, where)).float()
        return -torch.nn.functional.cross_entropy(logits, wanted, reduction="sum")
