"""Checks the ranges of a big file in several processes, and gives the parts back in file order.

This process works too when it has nothing else to do (it is the main thread); in a thread of an app it only
waits, so that the app stays quick. Where there are other threads, processes are spawned, not forked. When
they cannot be had, the work is done here.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing

from sentitui.dataset.checking.part import Part, Plan, Worker

_WORTH_A_PROCESS = 24 * 2**20  # bytes; below this, starting one costs more than it saves
_MOST_PROCESSES = 8
_AHEAD = 2  # ranges given to each process before it asks

Range = tuple[int, int]


def parts(plan: Plan, ranges: Iterator[Range], size: int) -> Iterator[Part]:
    """Checks every range; yields the parts in order."""
    helps = threading.current_thread() is threading.main_thread()
    processes = min(_cores(), _MOST_PROCESSES) - (1 if helps else 0)
    if size < _WORTH_A_PROCESS or processes < 1:
        return _alone(plan, ranges)
    return _together(plan, ranges, processes, helps)


def _alone(plan: Plan, ranges: Iterator[Range]) -> Iterator[Part]:
    with closing(Worker(plan)) as worker:
        for start, end in ranges:
            yield worker.check(start, end)


def _together(plan: Plan, ranges: Iterator[Range], processes: int, helps: bool) -> Iterator[Part]:
    try:
        context = multiprocessing.get_context(_way_to_start())
        executor = ProcessPoolExecutor(processes, mp_context=context, initializer=_leave_interrupts)
    except OSError:  # no semaphores here: a locked-down container
        yield from _alone(plan, ranges)
        return
    try:
        with closing(Worker(plan)) as worker:
            yield from _Sharing(plan, executor, worker, processes * _AHEAD if helps else None).run(ranges)
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


class _Sharing:
    """Hands out ranges: a few ahead to the processes, the rest to ourselves (`ahead` None: all to them)."""

    def __init__(self, plan: Plan, executor: ProcessPoolExecutor, worker: Worker, ahead: int | None) -> None:
        self._plan = plan
        self._executor = executor
        self._worker = worker
        self._ahead = ahead
        self._waiting: list[tuple[Range, Future[Part] | Part]] = []

    def run(self, ranges: Iterator[Range]) -> Iterator[Part]:
        for one in ranges:
            self._waiting.append((one, self._give(one)))
            yield from self._ready()
        while self._waiting:
            one, share = self._waiting.pop(0)
            yield self._result(one, share)

    def _give(self, one: Range) -> Future[Part] | Part:
        running = sum(isinstance(share, Future) and not share.done() for _, share in self._waiting)
        if self._ahead is not None and running >= self._ahead:
            return self._worker.check(*one)
        try:
            return self._executor.submit(_check, self._plan, *one)
        except BrokenProcessPool:
            return self._worker.check(*one)

    def _ready(self) -> Iterator[Part]:
        while self._waiting:
            one, share = self._waiting[0]
            if isinstance(share, Future) and not share.done():
                return
            self._waiting.pop(0)
            yield self._result(one, share)

    def _result(self, one: Range, share: Future[Part] | Part) -> Part:
        if isinstance(share, Part):
            return share
        try:
            return share.result()
        except BrokenProcessPool:
            return self._worker.check(*one)


def _way_to_start() -> str:
    """Forking saves importing everything again, and is safe only while there is no other thread."""
    alone = threading.active_count() == 1 and sys.platform == "linux"
    return "fork" if alone else "spawn"


def _leave_interrupts() -> None:
    """Ctrl+C is for the process that the user started; it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _check(plan: Plan, start: int, end: int) -> Part:
    """Runs in another process."""
    with closing(Worker(plan)) as worker:
        return worker.check(start, end)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
