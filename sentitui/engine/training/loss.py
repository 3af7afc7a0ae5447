"""The loss of a batch, computed on packed rows; the output head only sees tokens that are learnt.

The mean is over all learnt tokens of the batch, however it is split into rows, so a split changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sentitui.engine.packing import PackedRow, block_mask, common_prefix, pack, split_rows
from sentitui.engine.training.encoding import Encoded

# About 2 MB of activations a token for the default model: rows of 512 keep training near 1.5 GB in all.
ROW_TOKENS = 512


@dataclass(frozen=True, slots=True)
class Targets:
    """For each learnt token: where in the row it is predicted, and which token it is."""

    where: list[int]
    tokens: list[int]


@dataclass(frozen=True, slots=True)
class Measured:
    """Sums over learnt tokens: cross-entropy in nats, how many were predicted right, how many there are."""

    loss: float = 0.0
    right: float = 0.0
    tokens: int = 0

    def __add__(self, other: Measured) -> Measured:
        """The sums of both."""
        return Measured(self.loss + other.loss, self.right + other.right, self.tokens + other.tokens)

    @property
    def mean_loss(self) -> float:
        """Mean cross-entropy per learnt token."""
        return self.loss / max(1, self.tokens)

    @property
    def accuracy(self) -> float:
        """Share of learnt tokens that were the likeliest."""
        return self.right / max(1, self.tokens)


def rows(batch: Sequence[Encoded], limit: int = ROW_TOKENS) -> Iterator[tuple[PackedRow, Targets]]:
    """Packs a batch into rows of at most `limit` tokens (one longer example: a row of its own).

    What comes after an example's last learnt token cannot change the loss and is left out.
    """
    useful = [example for example in batch if example.targets]
    if not useful:
        return
    inputs = [example.tokens[: _last_target(example)] for example in useful]
    for group in split_rows([len(tokens) for tokens in inputs], common_prefix(inputs), limit):
        row = pack([inputs[number] for number in group])
        yield row, _targets(row, [useful[number] for number in group])


def measure(model: Any, row: PackedRow, targets: Targets, device: Any) -> tuple[Any, Measured]:
    """Runs one row forward: the summed loss as a tensor to differentiate, and the sums as numbers."""
    import torch

    hidden = hidden_states(model, row, device)
    where = torch.tensor(targets.where, device=device)
    wanted = torch.tensor(targets.tokens, device=device)
    logits = model.get_output_embeddings()(hidden.index_select(0, where)).float()
    loss = torch.nn.functional.cross_entropy(logits, wanted, reduction="sum")
    right = (logits.detach().argmax(-1) == wanted).sum()
    return loss, Measured(float(loss.detach()), float(right), len(targets.tokens))


def hidden_states(model: Any, row: PackedRow, device: Any) -> Any:
    """What the model knows at every token of a row, before the output head: [tokens, width]."""
    import torch

    # A row of one sequence needs no mask: causal attention is what it gets anyway, by a faster kernel.
    lone = len(row.starts) == 1
    states = backbone(model)(
        input_ids=torch.tensor([row.tokens], device=device),
        position_ids=torch.tensor([row.positions], device=device),
        attention_mask=None if lone else block_mask(row, model.dtype, device),
        use_cache=False,
    )
    return states.last_hidden_state[0]


def backbone(model: Any) -> Any:
    """The part of a (peft) causal model below its output head."""
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    return inner.get_decoder() if hasattr(inner, "get_decoder") else inner.model


def _last_target(example: Encoded) -> int:
    return max(index for index, learnt in enumerate(example.learnt) if learnt)


def _targets(row: PackedRow, examples: Sequence[Encoded]) -> Targets:
    where: list[int] = []
    tokens: list[int] = []
    for number, example in enumerate(examples):
        for position in range(1, len(example.tokens)):
            if example.learnt[position]:
                where.append(row.index(number, position - 1))
                tokens.append(example.tokens[position])
    return Targets(where, tokens)
