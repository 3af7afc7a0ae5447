"""What opening a long job costs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from openai import AsyncOpenAI

from sentitui.history import History
from sentitui.providers.provider import Provider
from sentitui.tuning.follow import follow
from tests.fakes.openai_server import event, job

pytestmark = pytest.mark.benchmark


async def test_a_job_of_a_hundred_thousand_events_opens_within_a_second(tmp_path: Path) -> None:
    """All events of a job that has ended are read back from the history, without its provider.

    Judged by processor time, which is what an idle machine's wall time comes to: nothing here waits.
    """
    history = History(tmp_path / "history.sqlite")
    history.save_job("p", job("ftjob-1", "succeeded"))
    steps = [
        event(n, f"Step {n}: training loss=0.12", step=n, total_steps=100_000, train_loss=0.12)
        for n in range(100_000)
    ]
    history.add_events("p", "ftjob-1", steps)
    history.complete_job("p", "ftjob-1")
    history.close()

    async def nobody() -> AsyncOpenAI:
        raise AssertionError("a complete job needs no provider")

    start, used = time.perf_counter(), time.process_time()
    first = 0.0
    count = 0
    async for _ in follow(nobody, history, Provider("p"), "ftjob-1"):
        first = first or time.perf_counter() - start
        count += 1
    took, used = time.perf_counter() - start, time.process_time() - used
    told = f"first after {first * 1000:.0f} ms, all {took:.2f} s, CPU {used:.2f} s"
    print(f"\n100,000 events: {told}")
    assert count == 100_001
    assert used < 1.0
