"""`sentitui jobs`: every job seen at any provider, newest first; live where that is possible, else from
history."""

from __future__ import annotations

import argparse
import json
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from sentitui.cli.options import add_provider_arguments, chosen_provider, with_services

if TYPE_CHECKING:
    from sentitui.errors import ProviderError
    from sentitui.services import Services
    from sentitui.tuning.seen import SeenJob


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--json", action="store_true", help="one line of JSON per job")
    parser.add_argument("--offline", action="store_true", help="only what the history holds; ask nobody")
    add_provider_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Lists the jobs; a provider that cannot be reached is said so on stderr, and its jobs are shown as last
    seen.

    1 when the provider asked for refuses, or cannot be reached and no job of it is known.
    """

    async def work(services: Services) -> int:
        from sentitui.tuning.seen import seen_jobs

        problems = {} if args.offline else await _refresh(services, args)
        only = chosen_provider(services, args).name if args.provider or args.base_url else None
        jobs = [each for each in seen_jobs(services.history) if only in (None, each.provider)]
        if args.json:
            for each in jobs:
                print(json.dumps(each.to_json()))
        elif jobs or not problems:  # "no jobs" is no answer where nobody could be asked
            _show(jobs)
        return max([_tell(name, each, jobs, only) for name, each in problems.items()], default=0)

    return with_services(work)


def _tell(name: str, problem: ProviderError, jobs: list[SeenJob], only: str | None) -> int:
    """Says on stderr why a provider's jobs are not up to date; the exit status that this is worth."""
    from sentitui.errors import ProviderRefused

    refused = isinstance(problem, ProviderRefused)
    if not refused and jobs:
        print(f"sentitui: {name} is shown as last seen: {problem.message}", file=sys.stderr)
        return 0
    print(f"sentitui: {problem.message}", file=sys.stderr)
    if problem.hint:
        print(f"  {problem.hint}", file=sys.stderr)
    if any(each.provider == name for each in jobs):
        print(f"  The jobs of {name} are shown as last seen.", file=sys.stderr)
    return 1 if only is not None or not jobs else 0


async def _refresh(services: Services, args: argparse.Namespace) -> dict[str, ProviderError]:
    """Brings the history up to date; returns per provider what forbade it."""
    from sentitui.tuning.refresh import refresh_jobs

    if args.provider or args.base_url:
        chosen = [chosen_provider(services, args)]
    else:
        chosen = await services.known_providers()
    problems = {}
    for provider in chosen:
        problem = await refresh_jobs(partial(services.client, provider), services.history, provider)
        if problem is not None:
            problems[provider.name] = problem
    return problems


def _show(jobs: list[SeenJob]) -> None:
    from sentitui import safe
    from sentitui.cli.progress import duration
    from sentitui.cli.tables import table
    from sentitui.cli.terminal import Terminal

    terminal = Terminal(sys.stdout)
    if not jobs:
        terminal.line("No jobs yet. `sentitui tune FILE` starts one.")
        return
    now = time.time()
    rows = [
        [
            safe.line(each.id),
            each.provider,
            each.status.replace("_", " "),
            duration(max(0.0, now - each.created_at)),
            "-" if each.loss is None else f"{each.loss:.4f}",
        ]
        for each in jobs
    ]
    head, *rest = table(["job", "provider", "status", "age", "loss"], rows, left=3, width=10_000)
    terminal.line(terminal.paint("bold", head))
    for line, each in zip(rest, jobs, strict=True):
        terminal.line(line)
        terminal.line(terminal.paint("dim", f"  {safe.line(each.fine_tuned_model or each.model)}"))
