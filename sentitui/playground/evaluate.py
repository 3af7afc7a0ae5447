"""Asks contenders and keeps every answer in the history as it comes, so that a killed evaluation can go
on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sentitui.history import History
from sentitui.playground import run as asking
from sentitui.playground.contender import Contender
from sentitui.playground.measure import Answers, Stopwatch
from sentitui.playground.run import Clients, Completion, Emit, Finished, Prompt, RunEvent

_BATCH = 32  # answers stored at once: at most so many are asked again after a kill


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The answers, the run's number in the history, and how many answers came from before."""

    answers: Answers
    run: int
    resumed: int


class Keeper:
    """Stores good answers in batches and passes every event on; what failed is asked again next time."""

    def __init__(self, history: History, run: int, emit: Emit) -> None:
        self._history, self._run, self._emit = history, run, emit
        self._held: list[Completion] = []

    def __call__(self, event: RunEvent) -> None:
        """Takes an event."""
        self._emit(event)
        if isinstance(event, Finished) and not event.completion.error:
            self._held.append(event.completion)
            if len(self._held) >= _BATCH:
                self.flush()

    def flush(self) -> None:
        """Stores what is held."""
        held, self._held = self._held, []
        if held:
            self._history.add_completions(self._run, map(asdict, held))


async def evaluate(
    history: History,
    contenders: Sequence[Contender],
    prompts: Sequence[Prompt],
    repeats: int,
    clients: Clients,
    *,
    emit: Emit,
    limit: int | None = None,
    resume: bool = False,
    clock: asking.Clock = asking.now,
) -> Evaluation:
    """Asks every prompt `repeats` times with the contenders' own settings.

    With `resume`, the newest unfinished evaluation of exactly the same goes on: what it answered is not asked
    again. Without, everything is asked anew. Call `History.finish_run` when its figures are made.
    """
    digest = _digest(contenders, prompts, repeats)
    run, earlier = _unfinished(history, digest) if resume else (None, [])
    if run is None:
        settings = {"digest": digest, "contenders": [each.settings() for each in contenders]}
        run = history.start_run("compare", {**settings, "prompts": len(prompts), "repeats": repeats})
    keeper = Keeper(history, run, emit)
    watch = Stopwatch(clock, keeper)
    known = frozenset(each.key for each in earlier)
    try:
        fresh = await asking.run(
            contenders, prompts, repeats, clients, emit=watch, limit=limit, clock=clock, skip=known
        )
    finally:
        keeper.flush()
    order = {contender.name: index for index, contender in enumerate(contenders)}
    done = sorted((*earlier, *fresh), key=lambda each: (order[each.contender], each.prompt, each.repeat))
    seconds = {each.name: watch.seconds(each.name) for each in contenders}
    return Evaluation(Answers([], done, seconds), run, len(earlier))


def _unfinished(history: History, digest: str) -> tuple[int | None, list[Completion]]:
    for run in history.runs():
        if run.report is None and run.settings.get("digest") == digest:
            return run.id, [_completion(data) for data in history.completions(run.id)]
    return None, []


def _completion(data: Any) -> Completion:
    names = {field.name for field in fields(Completion)}
    return Completion(**{name: value for name, value in data.items() if name in names})


def _digest(contenders: Sequence[Contender], prompts: Sequence[Prompt], repeats: int) -> str:
    """Names what is asked of whom, to know it again."""
    asked = {
        "contenders": [{**each.settings(), "base_url": each.provider.base_url} for each in contenders],
        "prompts": [[list(prompt.messages), prompt.expected] for prompt in prompts],
        "repeats": repeats,
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
