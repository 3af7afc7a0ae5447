"""A comparison from the command line's words to the table: reads prompts, asks, judges, shows, writes."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentitui import safe
from sentitui.cli import answers_view
from sentitui.cli.asking import Keeping
from sentitui.cli.files import writable, write_json, write_text
from sentitui.cli.terminal import Terminal
from sentitui.errors import ConfigError, DatasetError
from sentitui.playground.appraise import appraise
from sentitui.playground.contender import Contender
from sentitui.playground.evaluate import Evaluation, evaluate
from sentitui.playground.labels import Labels, labels_of
from sentitui.playground.measure import Measured, judge_repeats
from sentitui.playground.questions import read_lesson, read_prompts, taught
from sentitui.playground.report import Report, csv_text, markdown, page
from sentitui.playground.run import Completion, Prompt
from sentitui.playground.spec import parse_spec

if TYPE_CHECKING:
    from sentitui.services import Services

_SHOWN = 12  # prompts whose answers are shown; the rest is in the JSON


class Comparison:
    """One `sentitui compare`."""

    def __init__(self, args: argparse.Namespace, terminal: Terminal) -> None:
        self._args, self._terminal = args, terminal

    async def tell(self, services: Services) -> int:
        """Does it all; raises ConfigError or DatasetError for what cannot be asked."""
        args = self._args
        for out in (args.json, args.csv, args.report):
            if out:
                writable(out)
        lesson = read_lesson(args.train) if args.train else None
        contenders = self._contenders(services, lesson.system_prompt if lesson else None)
        limits = read_limits(args.fail_under, [each.name for each in contenders])
        prompts = self._prompts()
        if lesson is not None:
            answers_view.show_taught(self._terminal, len(taught(lesson, prompts)), len(prompts))
        labels = lesson.labels if lesson else labels_of(prompt.expected for prompt in prompts)
        done = await self._ask(services, contenders, prompts)
        measured = judge_repeats(
            contenders,
            prompts,
            repeats=args.repeats,
            answers=done.answers,
            labels=labels if args.test else None,
        )
        report = appraise(
            measured,
            done.answers.repeated,
            labels if args.test else None,
            services.history,
            services.settings,
        )
        written = document(measured, done.answers.repeated, prompts, report)
        services.history.finish_run(done.run, {key: written[key] for key in ("contenders", "decision")})
        self._show(report, labels if args.test else None)
        self._write(written, report, done.answers.repeated, prompts)
        below = under(measured, limits)
        for text in below:
            self._terminal.line(self._terminal.paint("bad", text))
        return 1 if below or any(each.failed for each in measured) else 0

    async def _ask(
        self, services: Services, contenders: Sequence[Contender], prompts: Sequence[Prompt]
    ) -> Evaluation:
        args = self._args
        kept = Keeping(self._terminal, len(contenders) * len(prompts) * args.repeats)
        done = await evaluate(
            services.history,
            contenders,
            prompts,
            args.repeats,
            services.client,
            emit=kept,
            limit=args.concurrency,
            resume=args.resume,
        )
        self._terminal.end_status()
        if args.resume:
            self._terminal.line(f"resumed   {done.resumed} answers were there already")
        kept.complain([each.provider for each in contenders])
        return done

    def _write(
        self,
        written: dict[str, Any],
        report: Report,
        completions: Sequence[Completion],
        prompts: Sequence[Prompt],
    ) -> None:
        args = self._args
        if args.json:
            write_json(args.json, written)
        if args.csv:
            write_text(args.csv, csv_text(completions, prompts))
        if args.report:
            as_page = args.report.suffix.lower() in (".html", ".htm")
            write_text(args.report, page(report) if as_page else markdown(report))

    def _contenders(self, services: Services, system: str | None) -> list[Contender]:
        args = self._args
        specs = [parse_spec(word) for word in args.contender]
        names = [spec.name for spec in specs]
        if len(set(names)) < len(names):
            raise ConfigError("Two contenders have the same name.", "Give each its own: NAME=PROVIDER:MODEL.")
        return [
            Contender(
                spec.name,
                services.provider(spec.provider, base_url=spec.base_url, api_key_env=args.api_key_env),
                spec.model,
                system_prompt=system if args.system is None else args.system,
                temperature=args.temperature,
                max_tokens=args.max_tokens,
                seed=args.seed,
            )
            for spec in specs
        ]

    def _prompts(self) -> list[Prompt]:
        args = self._args
        if args.prompt:
            return [_plain(text) for text in args.prompt]
        if args.test:
            return read_prompts(args.test)
        return read_lines(args.prompts)

    def _show(self, report: Report, labels: Labels | None) -> None:
        terminal, measured = self._terminal, report.measured
        answers_view.show_figures(terminal, measured)
        answers_view.show_doubt(terminal, measured)
        answers_view.show_tallies(terminal, measured, labels, most=_SHOWN)
        if legend := answers_view.legend(labels):
            terminal.line()
            terminal.line(terminal.paint("dim", legend))
        if report.decision and report.decision.reasons:
            terminal.line()
            for line in textwrap.wrap(report.decision.verdict, terminal.width):
                terminal.line(terminal.paint("bold", safe.line(line)))
            for why in report.decision.reasons:
                for line in textwrap.wrap(why, terminal.width, initial_indent="  ", subsequent_indent="  "):
                    terminal.line(safe.line(line))


def read_lines(path: Path) -> list[Prompt]:
    """The prompts of a file: conversations when it is JSONL, else one prompt per line. Raises
    DatasetError."""
    if path.suffix in (".jsonl", ".json"):
        return [Prompt(prompt.messages) for prompt in read_prompts(path)]
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(
            f"Cannot read {path}: {error}.", "It needs one prompt per line, in UTF-8."
        ) from error
    prompts = [_plain(line) for line in lines if line.strip()]
    if not prompts:
        raise DatasetError(f"{path} holds no prompts.", "It needs one prompt per line.")
    return prompts


def _plain(text: str) -> Prompt:
    return Prompt(({"role": "user", "content": text},))


def read_limits(words: Sequence[str], names: Sequence[str]) -> dict[str, float]:
    """Per contender the figure it must reach: `X` for all, `NAME=X` for one. Raises ConfigError."""
    limits: dict[str, float] = {}
    for word in words:
        name, _, number = word.rpartition("=")
        try:
            value = float(number)
        except ValueError as error:
            raise ConfigError(f"--fail-under {word!r} is no number.", "Write 0.9 or tuned=0.9.") from error
        if name and name not in names:
            raise ConfigError(
                f"--fail-under names {name!r}, which is no contender.", f"There are: {', '.join(names)}."
            )
        limits.update(dict.fromkeys([name] if name else names, value))
    return limits


def under(measured: Sequence[Measured], limits: dict[str, float]) -> list[str]:
    """What to say of each contender that is below its limit, or of which there is nothing to compare with
    it."""
    found = []
    for each in measured:
        limit = limits.get(each.contender.name)
        what = "label accuracy" if each.marks else "agreement"
        value = each.marks.label_accuracy if each.marks else each.agreement
        if limit is not None and (value is None or value < limit):
            shown = "unknown" if value is None else f"{value:.3f}"
            found.append(f"{each.contender.name}: {what} {shown} is below {limit:g}")
    return found


def document(
    measured: Sequence[Measured], completions: Sequence[Completion], prompts: Sequence[Prompt], report: Report
) -> dict[str, Any]:
    """Everything measured, as `--json` writes it."""
    return {
        "contenders": [each.to_json() for each in measured],
        "decision": report.decision.to_json() if report.decision else None,
        "completions": [
            {
                "contender": each.contender,
                "prompt": prompts[each.prompt].text,
                "repeat": each.repeat,
                "text": each.text,
                "error": each.error or None,
                "seconds": round(each.seconds, 4),
            }
            for each in completions
        ],
    }
