"""What a training minimises: the loop knows only how many examples there are and how to learn a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from sentitui.engine.training.encoding import Encoded
from sentitui.engine.training.loss import Measured, measure, rows


class Objective(Protocol):
    """A method of tuning with its data."""

    @property
    def examples(self) -> int:
        """How many examples are trained on."""

    @property
    def held_out(self) -> int:
        """How many are kept for validation."""

    def learn(self, model: Any, numbers: Sequence[int], batch: Sequence[int]) -> Measured:
        """Adds what the numbered examples give to the gradient of the batch's mean loss; the sums over them.

        The numbers are the batch, or this process's share of it.
        """

    def validate(self, model: Any, numbers: Sequence[int]) -> Measured:
        """The sums over numbered held-out examples, without learning."""


class Supervised:
    """Learns the answers as they stand: cross-entropy of every learnt token."""

    def __init__(self, training: Sequence[Encoded], validation: Sequence[Encoded], device: Any) -> None:
        self._training = training
        self._validation = validation
        self._device = device

    @property
    def examples(self) -> int:
        """How many examples are trained on."""
        return len(self._training)

    @property
    def held_out(self) -> int:
        """How many are kept for validation."""
        return len(self._validation)

    def learn(self, model: Any, numbers: Sequence[int], batch: Sequence[int]) -> Measured:
        """Adds the numbered examples' part of the gradient of the mean loss per learnt token."""
        learnt = max(1, sum(self._training[number].targets for number in batch))
        total = Measured()
        for row, targets in rows([self._training[number] for number in numbers]):
            loss, measured = measure(model, row, targets, self._device)
            (loss / learnt).backward()
            total = total + measured
        return total

    def validate(self, model: Any, numbers: Sequence[int]) -> Measured:
        """The sums over numbered held-out examples."""
        import torch

        total = Measured()
        with torch.no_grad():
            for row, targets in rows([self._validation[number] for number in numbers]):
                total = total + measure(model, row, targets, self._device)[1]
        return total
