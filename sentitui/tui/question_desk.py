"""What the Playground asks of the services: models, what the file teaches, answers. No widgets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sentitui.playground.contender import Contender
from sentitui.playground.questions import Lesson, read_lesson
from sentitui.playground.run import Completion, Emit, Prompt, run
from sentitui.services import Services
from sentitui.tui.job_desk import client
from sentitui.tuning.jobs import JobStatus
from sentitui.tuning.seen import seen_jobs

MAX_TOKENS = 40
"""Tokens of an answer; enough for a label and for seeing that it is no label."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """A tuned model that can be asked, and what it was tuned from."""

    provider: str
    model: str
    base: str


class QuestionDesk:
    """Asking, as the app does it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def tuned(self) -> list[Tuned]:
        """The tuned models of the history, newest first."""
        jobs = await asyncio.to_thread(seen_jobs, self._services.history)
        return [
            Tuned(job.provider, job.fine_tuned_model, job.model)
            for job in jobs
            if job.fine_tuned_model and job.status == JobStatus.SUCCEEDED
        ]

    async def lesson(self, file: Path) -> Lesson:
        """What the training file teaches. Raises DatasetError."""
        return await asyncio.to_thread(read_lesson, file)

    def contenders(self, tuned: Tuned | None, system: str) -> list[Contender]:
        """Base and tuned with the same system prompt; base alone when none is tuned. Raises ConfigError."""
        provider = self._services.provider(tuned.provider if tuned else None)
        base = Contender(
            "base", provider, tuned.base if tuned else provider.default_model, system, max_tokens=MAX_TOKENS
        )
        if tuned is None:
            return [base]
        return [base, Contender("tuned", provider, tuned.model, system, max_tokens=MAX_TOKENS)]

    async def ask(
        self, contenders: Sequence[Contender], prompt: Prompt, repeats: int, emit: Emit
    ) -> list[Completion]:
        """Every contender's answers, streamed to `emit` and kept in the history. Raises HistoryError."""
        done = await run(
            contenders, [prompt], repeats, lambda each: client(self._services, each), emit=emit, stream=True
        )
        await asyncio.to_thread(self._keep, contenders, prompt, repeats, done)
        return done

    def _keep(
        self, contenders: Sequence[Contender], prompt: Prompt, repeats: int, done: Sequence[Completion]
    ) -> None:
        history = self._services.history
        settings = {
            "contenders": [each.settings() for each in contenders],
            "prompts": [{"text": prompt.text, "expected": prompt.expected}],
            "repeats": repeats,
        }
        number = history.start_run("playground", settings)
        history.add_completions(number, [asdict(each) for each in done])
        history.finish_run(number, {"answers": len(done), "failed": sum(bool(each.error) for each in done)})
