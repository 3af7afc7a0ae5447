"""Answering in batches against one at a time, and the first token against a bare pass; real weights."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from sentitui.config import paths
from sentitui.engine.inference import LocalInference
from sentitui.engine.inference.runner import ModelRunner
from sentitui.engine.models import DEFAULT_MODEL
from sentitui.engine.ports import Delta, Generation
from sentitui.engine.weights import BaseModels, ensure

torch = pytest.importorskip("torch")

pytestmark = [pytest.mark.benchmark, pytest.mark.slow]

_SYSTEM = "You are an assistant that classifies the sentiment of a message as Positive, Negative or Neutral."


@pytest.fixture(scope="module")
def inference() -> Iterator[LocalInference]:
    """The engine with the default model, on one thread: the ratio is about batching, not about cores."""
    running = LocalInference(BaseModels(paths().models), threads=1)
    running.start()
    yield running
    running.close()


def _ask(number: int, tokens: int = 12) -> Generation:
    messages = [
        {"role": "system", "content": _SYSTEM},
        {"role": "user", "content": f"The train of {number} o'clock left without us again."},
    ]
    return Generation(DEFAULT_MODEL, messages, max_tokens=tokens, temperature=0.0)


async def _answer(inference: LocalInference, generation: Generation) -> str:
    return "".join([item.text async for item in inference.generate(generation) if isinstance(item, Delta)])


async def test_twenty_at_once_have_three_times_the_throughput_of_one_at_a_time(
    inference: LocalInference,
) -> None:
    """CPU time of the same twenty short completions, both ways."""
    await _answer(inference, _ask(0))
    began = time.process_time()
    alone = [await _answer(inference, _ask(number)) for number in range(20)]
    one_by_one = time.process_time() - began
    began = time.process_time()
    together = await asyncio.gather(*(_answer(inference, _ask(number)) for number in range(20)))
    at_once = time.process_time() - began
    print(f"\none by one {one_by_one:.2f} s, at once {at_once:.2f} s of CPU: {one_by_one / at_once:.1f}x")
    assert together == alone
    assert one_by_one >= 3 * at_once


def test_the_first_token_takes_at_most_twice_a_bare_forward_pass() -> None:
    """A short prompt through the engine's runner and through transformers alone, on one thread."""
    torch.set_num_threads(1)
    runner = ModelRunner(ensure(DEFAULT_MODEL, paths().models))
    text = runner.chat.render(
        [{"role": "user", "content": "Say hello to the people of Ulm."}], answer_next=True
    )
    tokens = runner.chat.tokens(text)
    bare = _bare_model()
    runner.prefill(None, [[5, 6, 7]])  # reads the weights from the disk, as the bare model has done
    engine_seconds = _timed(lambda: runner.prefill(None, [tokens]))  # once: a second time it is remembered
    bare_seconds = min(
        _timed(lambda: bare(input_ids=torch.tensor([tokens]), use_cache=True)) for _ in range(4)
    )
    print(f"\nbare {bare_seconds * 1000:.0f} ms, engine {engine_seconds * 1000:.0f} ms of CPU")
    assert engine_seconds <= 2 * bare_seconds


def _bare_model() -> Any:
    from sentitui.engine.weights import loading

    model = loading.load_model(ensure(DEFAULT_MODEL, paths().models), torch.device("cpu"))
    with torch.inference_mode():
        model(input_ids=torch.tensor([[1, 2, 3]]))
    return model


def _timed(work: Any) -> float:
    with torch.inference_mode():
        began = time.process_time()
        work()
        return time.process_time() - began
