"""What `cancel`, `pause` and `resume` share: one request about one job, and how the job stands then."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from sentitui.cli.options import add_provider_arguments, job_provider, with_services

if TYPE_CHECKING:
    from sentitui.services import Services
    from sentitui.tuning.actions import Action


def add_job_arguments(parser: argparse.ArgumentParser) -> None:
    """The job, and where it is."""
    parser.add_argument("job", metavar="JOB", help="the job's id")
    parser.add_argument("--json", action="store_true", help="print the job as JSON")
    add_provider_arguments(parser)


def act(args: argparse.Namespace, action: Action) -> int:
    """Asks for the action and says how the job stands."""

    async def work(services: Services) -> int:
        from sentitui import safe
        from sentitui.cli.terminal import Terminal
        from sentitui.tuning.actions import act_on

        provider = job_provider(services, args)
        job = await act_on(await services.client(provider), services.history, provider, args.job, action)
        if args.json:
            print(json.dumps(job.raw))
        else:
            Terminal(sys.stdout).line(f"{safe.line(job.id)} is {job.status.value.replace('_', ' ')}")
        return 0

    return with_services(work)
