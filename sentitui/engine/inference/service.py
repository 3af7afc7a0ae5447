"""The engine's answering side as the HTTP routes use it: models load in the background, answers stream out.

Each base model has one thread that loads and runs it; nothing here blocks the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import queue
import threading
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from sentitui.engine.inference.request import Request
from sentitui.engine.ports import BaseModels, Generated, Generation, InferenceState, Usage
from sentitui.errors import EngineError, SentituiError
from sentitui.resources import install_command

if TYPE_CHECKING:
    from sentitui.engine.inference.scheduler import Scheduler

_log = logging.getLogger(__name__)
# Beside the default, this many other base models stay loaded.
_OTHER_MODELS = 1


class _Host:
    """One base model on its thread."""

    def __init__(self, base: str, models: BaseModels, threads: int) -> None:
        self.state: InferenceState = "loading"
        self.error: EngineError | None = None
        self.incoming: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._base = base
        self._models = models
        self._threads = threads
        self._thread = threading.Thread(target=self._run, name=f"inference-{base}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Asks the thread to end, and waits a little for its current step; a load that is under way is not
        waited for: it cannot be broken off, and keeps nothing that its end would lose."""
        self.incoming.put(None)
        if self.state == "ready":
            self._thread.join(timeout=5)

    def _run(self) -> None:
        try:
            scheduler = self._load()
        except Exception as error:  # whatever it is, those who wait must hear of it
            _log.exception("loading %s failed", self._base)
            self.error = _explained(self._base, error)
            self.state = "failed"
            self._refuse_all(self.error)
            return
        self.state = "ready"
        scheduler.run()

    def _load(self) -> Scheduler:
        # Before torch is imported: threads that wait for one another sleep, rather than burn the cores
        # others need.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        from sentitui.engine.inference.runner import ModelRunner
        from sentitui.engine.inference.scheduler import Scheduler
        from sentitui.engine.inference.threads import Threads

        runner = ModelRunner(self._models.locate(self._base))
        runner.use_threads(self._threads)
        return Scheduler(runner, self.incoming, Threads(self._threads))

    def _refuse_all(self, error: EngineError) -> None:
        """Answers every request, now and later, until told to end."""
        while (request := self.incoming.get()) is not None:
            request.deliver(error)


class LocalInference:
    """Answers with base models and their adapters; see `sentitui.engine.ports.Inference`."""

    def __init__(self, models: BaseModels, *, threads: int | None = None) -> None:
        self._models = models
        self._threads = threads or _cores()
        self._default = models.names()[0]
        self._hosts: dict[str, _Host] = {}

    @property
    def state(self) -> InferenceState:
        """How far the default base model is."""
        host = self._hosts.get(self._default)
        return "loading" if host is None else host.state

    @property
    def error(self) -> EngineError | None:
        """Why the default base model could not be loaded."""
        host = self._hosts.get(self._default)
        return None if host is None else host.error

    def start(self) -> None:
        """Begins loading the default base model and returns at once."""
        self._host(self._default)

    async def generate(self, generation: Generation) -> AsyncGenerator[Generated, None]:
        """Streams the answers, Usage last; closing the iterator frees the rows.

        Raises GenerationRefused for what the model cannot serve, EngineError when it cannot be loaded (the
        next request tries again) or the engine shuts down.
        """
        loop = asyncio.get_running_loop()
        arrived: asyncio.Queue[list[Generated] | Exception] = asyncio.Queue()

        def deliver(items: list[Generated] | Exception) -> None:
            with contextlib.suppress(RuntimeError):  # the loop that asked has ended: nobody waits any more
                loop.call_soon_threadsafe(arrived.put_nowait, items)

        request = Request(generation, deliver)
        self._host(generation.base).incoming.put(request)
        try:
            while True:
                items = await arrived.get()
                if isinstance(items, Exception):
                    raise items
                for item in items:
                    yield item
                    if isinstance(item, Usage):
                        return
        finally:
            request.cancelled = True

    def close(self) -> None:
        """Stops loading and generating; whoever waits gets an EngineError."""
        hosts, self._hosts = self._hosts, {}
        for host in hosts.values():
            host.close()

    def _host(self, base: str) -> _Host:
        """The host of a base model, started if need be; one that failed is tried again."""
        host = self._hosts.get(base)
        if host is not None and host.state == "failed":
            host.incoming.put(None)
            host = None
        if host is None:
            self._make_room(base)
            host = self._hosts[base] = _Host(base, self._models, self._threads)
        return host

    def _make_room(self, base: str) -> None:
        others = [name for name in self._hosts if name not in (base, self._default)]
        if len(others) >= _OTHER_MODELS:
            self._hosts.pop(others[0]).incoming.put(None)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _explained(base: str, error: Exception) -> EngineError:
    if isinstance(error, EngineError):
        return error
    if isinstance(error, SentituiError):
        return EngineError(error.message, error.hint)
    if isinstance(error, ImportError):
        return EngineError(
            f"A part of the engine is missing: {error}", f"Install it: {install_command('engine')}"
        )
    return EngineError(f"Cannot load {base}: {type(error).__name__}: {error}", "See the engine's log.")
