"""`sentitui watch`: a job's events from its beginning, oldest first, each once, until it has ended."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from sentitui.cli.options import add_provider_arguments, job_provider, with_services

if TYPE_CHECKING:
    from sentitui.cli.terminal import Terminal
    from sentitui.providers.provider import Provider
    from sentitui.services import Services
    from sentitui.tuning.jobs import Job
    from sentitui.tuning.notify import Hooks

_STATUS = {"succeeded": 0, "cancelled": 3}
"""Exit status by how the job ended; anything else is 1."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("job", metavar="JOB", help="the job's id")
    parser.add_argument("--after", metavar="EVENT", help="only the events behind this one")
    parser.add_argument("--json", action="store_true", help="each event as one line of JSON, last the job")
    parser.add_argument(
        "--exit-status", action="store_true", help="end with 0 on succeeded, 1 on failed, 3 on cancelled"
    )
    add_provider_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Follows the job; stopping it does not stop the job."""
    from sentitui.cli.terminal import Terminal

    terminal = Terminal(sys.stdout)

    async def work(services: Services) -> int:
        provider = job_provider(services, args)
        if args.json:
            status = ended(await _lines(services, provider, args.job, args.after))
        else:
            status = await watch_shown(services, provider, args.job, terminal, after=args.after)
        return status if args.exit_status else 0

    try:
        with terminal:
            return with_services(work)
    except KeyboardInterrupt:
        terminal.end_status()
        print(f"The job {args.job} goes on: sentitui watch {args.job}", file=sys.stderr)
        return 130


async def watch_shown(
    services: Services,
    provider: Provider,
    job_id: str,
    terminal: Terminal,
    *,
    after: str | None = None,
) -> int:
    """Shows the job until it has ended; returns the exit status of its end."""
    from sentitui import safe
    from sentitui.cli.following import follow_shown
    from sentitui.cli.job_view import JobView
    from sentitui.cli.model_watch import ModelWatch
    from sentitui.tuning.notify import hooks

    found = hooks(services.settings)
    async with ModelWatch(terminal, provider, services.paths):
        job = await follow_shown(services, provider, job_id, JobView(terminal), after=after)
    terminal.line(
        f"{terminal.paint('good' if ended(job) == 0 else 'bad', job.status.value)}  {safe.line(job.id)}"
    )
    await tell(terminal, job, found)
    if job.fine_tuned_model:
        terminal.line(f"model      {safe.line(job.fine_tuned_model)}")
    if job.error:
        terminal.line(f"reason     {safe.line(job.error.message)}")
    if provider.deploy and job.fine_tuned_model:
        terminal.line(f"next       {provider.deploy}")
    return ended(job)


async def tell(terminal: Terminal, job: Job, found: Hooks) -> None:
    """Tells by bell, notice and hooks that a job has ended; hooks that fail are said on stderr."""
    from sentitui.tuning.notify import call_hooks, terminal_notice

    terminal.notice(terminal_notice(job))
    for problem in await call_hooks(found, job):
        print(f"sentitui: {problem}", file=sys.stderr)


async def _lines(services: Services, provider: Provider, job_id: str, after: str | None) -> Job:
    """Prints the API's own objects."""
    from sentitui.tuning.follow import follow
    from sentitui.tuning.jobs import JobEvent

    last: Job | None = None
    stream = follow(lambda: services.client(provider), services.history, provider, job_id, after=after)
    async for each in stream:
        if isinstance(each, JobEvent):
            print(json.dumps(each.raw), flush=True)
        else:
            last = each
    if last is None:
        raise AssertionError("following ends with the ended job")
    print(json.dumps(last.raw), flush=True)
    return last


def ended(job: Job) -> int:
    """The exit status that tells how a job ended."""
    return _STATUS.get(job.status.value, 1)
