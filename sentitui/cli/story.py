"""The main job from start to table, as the terminal tells it: check, upload, job, answers, figures."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sentitui import safe
from sentitui.cli import answers_view
from sentitui.cli.asking import Keeping
from sentitui.cli.files import writable, write_json
from sentitui.cli.following import follow_shown
from sentitui.cli.job_view import JobView
from sentitui.cli.launching import base_model, checked, launch_shown, show_forecast
from sentitui.cli.model_watch import ModelWatch
from sentitui.cli.options import chosen_provider, hyperparameters
from sentitui.cli.progress import duration
from sentitui.cli.terminal import Terminal
from sentitui.errors import JobFailed
from sentitui.playground.contender import Contender
from sentitui.playground.measure import Answers, Measured, ask, judge
from sentitui.playground.questions import Lesson, read_lesson, read_prompts, spread, taught
from sentitui.playground.run import Prompt
from sentitui.tuning.jobs import Job, JobStatus
from sentitui.tuning.launch import LaunchRequest
from sentitui.tuning.precheck import summary
from sentitui.tuning.ready import is_ready
from sentitui.tuning.results import losses

if TYPE_CHECKING:
    from sentitui.dataset.report import Report
    from sentitui.history import History
    from sentitui.providers.provider import Provider
    from sentitui.services import Services


class Story:
    """One `sentitui run`; `job` is known from the moment it exists, so that leaving can name it."""

    def __init__(self, args: argparse.Namespace, terminal: Terminal) -> None:
        self._args = args
        self._terminal = terminal
        self._job: Job | None = None
        self._launching = False

    async def tell(self, services: Services) -> int:
        """Does everything in order; raises what forbids going on."""
        args, terminal = self._args, self._terminal
        if args.json:
            writable(args.json)
        provider = chosen_provider(services, args)
        model = base_model(provider, args.model)
        terminal.line(
            terminal.paint("bold", f"{safe.line(args.train.name)} → {safe.line(model)} ({provider.name})")
        )
        report = checked(terminal, args.train, provider)
        lesson = read_lesson(args.train)
        test = read_prompts(args.test) if args.test else []
        answers_view.show_taught(terminal, len(taught(lesson, test)), len(test))
        view = JobView(terminal)
        async with ModelWatch(terminal, provider, services.paths):
            job, seconds = await self._tune(services, provider, model, view)
        curve = view.losses or await losses(await services.client(provider), services.history, provider, job)
        await self._await_model(services, provider, job)
        contenders = self._contenders(provider, model, job, lesson)
        measured = await self._ask(services, contenders, lesson, test)
        show(terminal, measured, lesson, tested=bool(test))
        if args.json:
            write_json(args.json, document(report, job, seconds, curve, measured))
            terminal.line(f"\nwritten: {safe.line(str(args.json))}")
        return 0 if not any(each.failed for each in measured) else 1

    def leave(self) -> None:
        """Says how to come back to the job that goes on without us; the history knows where it is."""
        self._terminal.end_status()
        job = self._job
        if job is not None and not job.is_terminal:
            self._terminal.line(f"The job {safe.line(job.id)} goes on without this window.")
            self._terminal.line(f"  follow it:  sentitui watch {safe.line(job.id)}")
            self._terminal.line(f"  end it:     sentitui cancel {safe.line(job.id)}")
        elif self._launching:
            self._terminal.line("Stopped while launching: `sentitui jobs` tells whether the job was made.")
        else:
            self._terminal.line("Stopped; no job is left running.")
            if job is not None and job.fine_tuned_model:
                self._terminal.line(f"  the tuned model stays: {safe.line(job.fine_tuned_model)}")

    async def _tune(
        self, services: Services, provider: Provider, model: str, view: JobView
    ) -> tuple[Job, float]:
        args, terminal = self._args, self._terminal
        client = await services.client(provider)
        request = LaunchRequest(
            provider,
            args.train,
            model,
            suffix=args.suffix,
            hyperparameters=hyperparameters(args),
            seed=args.seed,
        )
        if not provider.is_engine:  # it costs nothing there, and counting would only delay it
            await show_forecast(terminal, services, request)
        started = time.monotonic()
        self._launching = True
        launched = await launch_shown(terminal, client, services.history, request, created=self._created)
        self._job = await follow_shown(services, provider, launched.id, view)
        seconds = time.monotonic() - started
        job = succeeded(self._job)
        facts = [f"in {duration(seconds)}"]
        if job.trained_tokens:
            facts.append(f"{job.trained_tokens:,} tokens")
        if view.losses:
            facts.append(f"loss {view.losses[0]:.2f} to {view.losses[-1]:.2f}")
        terminal.line(f"tuned     {safe.line(job.fine_tuned_model or '')}")
        terminal.line(f"          {', '.join(facts)}")
        return job, seconds

    def _created(self, job: Job) -> None:
        self._job = job

    async def _await_model(self, services: Services, provider: Provider, job: Job) -> None:
        """Live services take some minutes to know a fresh model; one that must be deployed is not waited
        for."""
        if provider.is_engine or provider.deploy:
            return
        self._terminal.status("waiting for the tuned model to answer …")
        await is_ready(await services.client(provider), provider, job.fine_tuned_model or "")

    def _contenders(self, provider: Provider, model: str, job: Job, lesson: Lesson) -> list[Contender]:
        args = self._args
        return [
            Contender(
                name,
                provider,
                each,
                system_prompt=lesson.system_prompt,
                max_tokens=args.max_tokens,
                seed=args.seed,
            )
            for name, each in (("base", model), ("tuned", job.fine_tuned_model or ""))
        ]

    async def _ask(
        self, services: Services, contenders: Sequence[Contender], lesson: Lesson, test: Sequence[Prompt]
    ) -> list[Measured]:
        args = self._args
        prompts = spread(test or lesson.prompts, args.prompts, args.seed or 0)
        total = len(contenders) * (len(test) + len(prompts) * args.repeats)
        kept = Keeping(self._terminal, total)
        answers = await ask(contenders, test, prompts, args.repeats, services.client, emit=kept)
        self._terminal.end_status()
        kept.complain([each.provider for each in contenders])
        measured = judge(
            contenders, test, prompts, repeats=args.repeats, answers=answers, labels=lesson.labels
        )
        remember(services.history, contenders, answers, measured)
        return measured


def remember(
    history: History, contenders: Sequence[Contender], answers: Answers, measured: Sequence[Measured]
) -> None:
    """Keeps every answer with its settings: those to test prompts as one run, the repeats as another."""
    report = {"contenders": [each.to_json() for each in measured]}
    settings = [each.settings() for each in contenders]
    greedy = [{**each, "temperature": 0.0} for each in settings]
    for kind, asked, completions in (("test", greedy, answers.marked), ("run", settings, answers.repeated)):
        if completions:
            run = history.start_run(kind, {"contenders": asked})
            history.add_completions(run, map(asdict, completions))
            history.finish_run(run, report)


def succeeded(job: Job) -> Job:
    """The job, if it succeeded. Raises JobFailed with the server's reason."""
    if job.status is JobStatus.SUCCEEDED and job.fine_tuned_model:
        return job
    why = safe.line(job.error.message) if job.error else f"its status is {job.status.value}"
    raise JobFailed(f"The job {safe.line(job.id)} made no model: {why}", "Nothing was asked.")


def show(terminal: Terminal, measured: Sequence[Measured], lesson: Lesson, *, tested: bool) -> None:
    """The figures, how sure they are, and the answers."""
    terminal.line()
    answers_view.show_figures(terminal, measured)
    answers_view.show_doubt(terminal, measured)
    if not tested:
        terminal.line(
            terminal.paint("warn", "  Accuracy was not measured: no held-out examples (--test FILE).")
        )
        terminal.line(
            terminal.paint("warn", "  The prompts below stand in the training file: tuned knows them.")
        )
    elif lesson.labels is None:
        terminal.line("  Accuracy was not measured: the training answers are no small set of labels.")
    answers_view.show_tallies(terminal, measured, lesson.labels)
    if legend := answers_view.legend(lesson.labels):
        terminal.line()
        terminal.line(terminal.paint("dim", legend))


def document(
    report: Report, job: Job, seconds: float, losses: Sequence[float], measured: Sequence[Measured]
) -> dict[str, Any]:
    """Everything measured, as `--json` writes it; losses are per step."""
    return {
        "check": summary(report),
        "job": {
            "id": job.id,
            "status": job.status.value,
            "base_model": job.model,
            "fine_tuned_model": job.fine_tuned_model,
            "trained_tokens": job.trained_tokens,
            "seconds": round(seconds, 3),
            "losses": list(losses),
        },
        "contenders": [each.to_json() for each in measured],
    }
