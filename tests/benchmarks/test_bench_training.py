"""Training against plain peft on padded batches: the same losses in less time, on the real weights."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sentitui.config import paths
from sentitui.engine.models import DEFAULT_MODEL
from sentitui.engine.training import adapter
from sentitui.engine.training.encoding import Encoded, encode
from sentitui.engine.training.loss import measure, rows
from sentitui.engine.weights import ensure, loading
from sentitui.resources import data_file

torch = pytest.importorskip("torch")

pytestmark = [pytest.mark.benchmark, pytest.mark.slow]

Batch = Sequence[Encoded]
_BATCHES = 3


@pytest.fixture(scope="module")
def batches() -> list[list[Encoded]]:
    """The first batches of eight of the sentiment set."""
    chat = loading.load_chat(ensure(DEFAULT_MODEL, paths().models))
    lines = data_file("sentiment", "train.jsonl").read_bytes().splitlines()[: 8 * _BATCHES]
    encoded = [encode(json.loads(line), chat, 2048) for line in lines]
    return [encoded[start : start + 8] for start in range(0, len(encoded), 8)]


def _model() -> Any:
    model = loading.load_model(ensure(DEFAULT_MODEL, paths().models), torch.device("cpu"))
    return adapter.attach(model, None, 1).train()


def _packed_loss(model: Any, batch: Batch) -> Any:
    learnt = sum(example.targets for example in batch)
    losses = [measure(model, row, targets, torch.device("cpu"))[0] for row, targets in rows(batch)]
    return sum(losses) / learnt


def _padded_loss(model: Any, batch: Batch) -> Any:
    """What transformers' own trainer computes for a padded batch with a completion-only mask."""
    longest = max(len(example.tokens) for example in batch)
    tokens = torch.zeros((len(batch), longest), dtype=torch.long)
    labels = torch.full((len(batch), longest), -100)
    seen = torch.zeros((len(batch), longest), dtype=torch.long)
    for number, example in enumerate(batch):
        length = len(example.tokens)
        tokens[number, :length] = torch.tensor(example.tokens)
        seen[number, :length] = 1
        wanted = [
            token if learnt else -100 for token, learnt in zip(example.tokens, example.learnt, strict=True)
        ]
        labels[number, :length] = torch.tensor(wanted)
    return model(input_ids=tokens, attention_mask=seen, labels=labels).loss


def _epoch(loss_of: Callable[[Any, Batch], Any], batches: Sequence[Batch]) -> tuple[float, list[float]]:
    """Trains on the batches from the same start; CPU seconds and the losses."""
    model = _model()
    parameters = list(adapter.learnable(model).values())
    optimizer = torch.optim.AdamW(parameters, lr=5e-4, weight_decay=0.0, fused=True)
    loss_of(model, batches[0]).backward()  # the first pass also pays for reading the weights from disk
    losses = []
    began = time.process_time()
    for batch in batches:
        optimizer.zero_grad()
        loss = loss_of(model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
    return time.process_time() - began, losses


def test_packed_training_takes_at_most_0_65_of_padded_time(batches: list[list[Encoded]]) -> None:
    """Per epoch, in one run on one thread, with losses equal to two decimals."""
    torch.set_num_threads(1)
    padded, expected = _epoch(_padded_loss, batches)
    packed, losses = _epoch(_packed_loss, batches)
    print(f"\npadded {padded:.2f} s, packed {packed:.2f} s of CPU: {packed / padded:.2f}")
    assert losses == pytest.approx(expected, abs=0.005)
    assert packed <= 0.65 * padded
