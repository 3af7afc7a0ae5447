"""How many threads a step gets follows what steps cost."""

from __future__ import annotations

from sentitui.engine.inference.threads import Threads


def _run(threads: Threads, costs: dict[int, float], steps: int) -> list[int]:
    used = []
    for _ in range(steps):
        count = threads.begin()
        used.append(count)
        threads.end(costs[count], rows=10)
    return used


def test_idle_cores_are_used() -> None:
    """Where two threads are faster, one is tried now and then and left again."""
    used = _run(Threads(2), {1: 1.7, 2: 1.0}, 200)
    assert 0 < used.count(1) < 12


def test_busy_cores_are_left_alone() -> None:
    """Where two threads wait for each other, one takes over after a few steps."""
    used = _run(Threads(2), {1: 1.0, 2: 4.0}, 200)
    assert used.count(2) < 20


def test_cores_that_become_free_are_found() -> None:
    """After the others have gone, all cores come back."""
    threads = Threads(4)
    _run(threads, {1: 1.0, 4: 5.0}, 50)
    assert _run(threads, {1: 1.0, 4: 0.4}, 100).count(4) > 60


def test_one_core_needs_no_trying() -> None:
    """There is nothing to choose."""
    assert set(_run(Threads(1), {1: 1.0}, 50)) == {1}
