"""Continuous batching: between two decoding steps waiting requests join and finished or abandoned rows leave.

Owns the runner, on one thread. First come, first served; requests of the same adapter that wait together
are read in one pass.
"""

from __future__ import annotations

import logging
import queue
import time
from collections import deque
from typing import Any

from sentitui.engine.inference.constrained import Grammars, masked
from sentitui.engine.inference.logprobs import Logprobs
from sentitui.engine.inference.request import Answer, Request
from sentitui.engine.inference.runner import ModelRunner
from sentitui.engine.inference.sampling import choose
from sentitui.engine.inference.threads import Threads
from sentitui.engine.ports import Generated, GenerationRefused
from sentitui.errors import EngineError

_log = logging.getLogger(__name__)

MAX_ROWS = 64
# Prompts read in one pass while others wait for their next token: about half a second on two cores.
_READ_TOKENS = 768
# A row without a token limit is counted as this many new tokens when memory is shared out.
_EXPECTED_TOKENS = 512
_MEMORY_BYTES = 1 << 30


class Scheduler:
    """Runs requests on one model until told to stop."""

    def __init__(
        self, runner: ModelRunner, incoming: queue.SimpleQueue[Request | None], threads: Threads
    ) -> None:
        self._runner = runner
        self._incoming = incoming
        self._threads = threads
        self._waiting: deque[Request] = deque()
        self._rows: list[Answer] = []
        self._grammars = Grammars(runner.chat)
        self._logprobs = Logprobs(runner.chat.tokenizer)
        self._stopping = False

    def run(self) -> None:
        """Works until None comes in; then tells everyone who still waits."""
        while not self._stopping:
            try:
                self._cycle()
            except Exception as error:  # a bug or a lack of memory ends those requests, not the engine
                _log.exception("generating failed")
                self._abandon(_failed(error))
        self._abandon(EngineError("The engine is shutting down.", "Ask again when it runs."))

    def _cycle(self) -> None:
        self._take_in()
        self._drop_abandoned()
        self._admit()
        if self._rows:
            self._step()

    def _take_in(self) -> None:
        """Collects what has arrived; sleeps only while there is nothing to do."""
        idle = not self._rows and not self._waiting
        if idle:
            self._runner.rows.clear()
        while True:
            try:
                request = self._incoming.get(block=idle)
            except queue.Empty:
                return
            idle = False
            if request is None:
                self._stopping = True
                return
            self._prepare(request)

    def _prepare(self, request: Request) -> None:
        try:
            request.prepare(self._runner.chat, self._grammars, self._runner.context)
        except GenerationRefused as error:
            request.deliver(error)
        except Exception as error:  # whatever a request holds, it is that request's error alone
            _log.exception("a request could not be prepared")
            request.deliver(_failed(error))
        else:
            self._waiting.append(request)

    def _drop_abandoned(self) -> None:
        self._waiting = deque(request for request in self._waiting if not request.cancelled)
        for number in reversed(range(len(self._rows))):
            if self._rows[number].request.cancelled:
                self._remove(number)

    def _admit(self) -> None:
        group = self._next_group()
        if not group:
            return
        self._waiting = deque(request for request in self._waiting if request not in group)
        try:
            prompts = self._runner.prefill(group[0].owner, [request.prompt for request in group])
        except Exception as error:  # an adapter that does not fit, or a lack of memory: the rows go on
            if not isinstance(error, EngineError):
                _log.exception("prompts could not be read")
            for request in group:
                request.deliver(error if isinstance(error, EngineError) else _failed(error))
            return
        first = len(self._rows)
        for request in group:
            self._rows.extend(request.answers(self._runner.chat.tokenizer))
        logits = []
        for request, prompt in zip(group, prompts, strict=True):
            for _ in range(request.generation.n):
                self._runner.add_row(request.owner, prompt)
                logits.append(prompt.logits)
        self._advance(first, _stacked(logits))

    def _next_group(self) -> list[Request]:
        """The requests to read now: the longest waiting one and others of its adapter, if there is room."""
        if not self._waiting or not self._has_room([self._waiting[0]]):
            return []
        group = [self._waiting[0]]
        tokens = len(group[0].prompt)
        for request in list(self._waiting)[1:]:
            tokens += len(request.prompt)
            if tokens > _READ_TOKENS:
                break
            if request.owner == group[0].owner and self._has_room([*group, request]):
                group.append(request)
        return group

    def _has_room(self, group: list[Request]) -> bool:
        new = sum(request.generation.n for request in group)
        count = len(self._rows) + new
        if not self._rows and len(group) == 1:
            return True
        requests = [*group, *(answer.request for answer in self._rows)]
        longest = max(len(request.prompt) + min(request.limit, _EXPECTED_TOKENS) for request in requests)
        return count <= MAX_ROWS and count * longest * self._runner.rows.shape.token_bytes <= _MEMORY_BYTES

    def _step(self) -> None:
        began = time.monotonic()
        self._runner.use_threads(self._threads.begin())
        logits = self._runner.step([answer.last for answer in self._rows])
        self._threads.end(time.monotonic() - began, len(self._rows))
        self._advance(0, logits)

    def _advance(self, first: int, logits: Any) -> None:
        """Gives rows from `first` on their next token and lets go of those that end with it."""
        rows = self._rows[first:]
        tokens = choose(masked(logits, _masks(rows)), [answer.sampling for answer in rows])
        tops = [answer.request.generation.top_logprobs for answer in rows]
        entries = self._logprobs.of(logits, tokens, tops)
        told: dict[int, tuple[Request, list[Generated]]] = {}
        for answer, token, entry in zip(rows, tokens, entries, strict=True):
            items = answer.push(token, entry, self._runner.chat.stop_tokens)
            if items:
                told.setdefault(id(answer.request), (answer.request, []))[1].extend(items)
        for request, items in told.values():
            request.deliver(items)
        for number in reversed(range(len(self._rows))):
            if self._rows[number].finished:
                self._remove(number)

    def _remove(self, number: int) -> None:
        self._runner.remove_row(number)
        self._rows[number] = self._rows[-1]
        self._rows.pop()

    def _abandon(self, error: EngineError) -> None:
        """Tells everyone who is being answered or waits, and starts from nothing."""
        requests = [answer.request for answer in self._rows] + list(self._waiting)
        self._rows.clear()
        self._waiting.clear()
        self._runner.reset()
        for request in {id(request): request for request in requests}.values():
            request.deliver(error)


def _masks(rows: list[Answer]) -> dict[int, bytes]:
    """What the rows bound to a grammar may say next; one that cannot be followed ends its request."""
    masks = {}
    for number, answer in enumerate(rows):
        if answer.constraint is None or answer.request.cancelled:
            continue
        try:
            masks[number] = answer.constraint.allowed()
        except GenerationRefused as error:
            answer.request.deliver(error)
            answer.request.cancelled = True
    return masks


def _failed(error: Exception) -> EngineError:
    return EngineError(
        f"Generating failed: {type(error).__name__}: {error}", "Try again; see the engine's log."
    )


def _stacked(logits: list[Any]) -> Any:
    import torch

    return torch.stack(logits)
