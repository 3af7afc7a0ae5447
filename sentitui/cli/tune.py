"""`sentitui tune`: check, upload and create a fine-tuning job; with `--watch` follow it too."""

from __future__ import annotations

import argparse
import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sentitui.cli.options import (
    add_provider_arguments,
    add_tuning_arguments,
    bounded,
    chosen_provider,
    existing,
    with_services,
)

if TYPE_CHECKING:
    from sentitui.cli.terminal import Terminal
    from sentitui.providers.provider import Provider
    from sentitui.services import Services
    from sentitui.tuning.launch import LaunchRequest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("train", metavar="TRAIN", help="training file (JSONL), or the id of an uploaded one")
    parser.add_argument("--validation", metavar="FILE", help="validation file, or the id of an uploaded one")
    add_provider_arguments(parser)
    add_tuning_arguments(parser, several=True)
    group = parser.add_argument_group("method")
    group.add_argument(
        "--method", choices=("supervised", "dpo"), default="supervised", help="default: supervised"
    )
    group.add_argument("--beta", metavar="B", type=bounded(float, 1e-9, 2.0), help="of dpo, above 0 to 2")
    group.add_argument(
        "--metadata", metavar="K=V", type=pair, action="append", default=[], help="kept with the job"
    )
    parser.add_argument(
        "--watch", action="store_true", help="follow the job; ends 0 succeeded, 1 failed, 3 cancelled"
    )


def run(args: argparse.Namespace) -> int:
    """Launches; prints the job's id."""
    from sentitui.cli.terminal import Terminal

    terminal = Terminal(sys.stdout)

    async def work(services: Services) -> int:
        return await _tune(services, args, terminal)

    with terminal:
        return with_services(work)


async def _tune(services: Services, args: argparse.Namespace, terminal: Terminal) -> int:
    from sentitui import safe
    from sentitui.cli.launching import launch_shown, show_forecast
    from sentitui.cli.watch import watch_shown

    provider = chosen_provider(services, args)
    requests = _requests(args, provider, terminal)
    client = await services.client(provider)
    uploaded: dict[Path | str | None, str | None] = {}
    jobs = []
    for request in requests:
        await show_forecast(terminal, services, request)
        job = await launch_shown(terminal, client, services.history, request, uploaded=uploaded)
        jobs.append(job.id)
    if args.watch:
        return max([await watch_shown(services, provider, each, terminal) for each in jobs])
    for each in jobs:
        terminal.line(f"follow it: sentitui watch {safe.line(each)}")
    return 0


def _requests(args: argparse.Namespace, provider: Provider, terminal: Terminal) -> list[LaunchRequest]:
    """One request per combination of the hyperparameters' values."""
    from sentitui.cli.launching import base_model, checked
    from sentitui.tuning.jobs import Hyperparameters
    from sentitui.tuning.launch import LaunchRequest

    training = _file(args.train)
    validation = _file(args.validation) if args.validation else None
    if isinstance(training, Path):
        checked(terminal, training, provider, validation if isinstance(validation, Path) else None)
    grid = itertools.product(
        args.epochs or [None], args.batch_size or [None], args.learning_rate_multiplier or [None]
    )
    return [
        LaunchRequest(
            provider,
            training,
            base_model(provider, args.model),
            validation_file=validation,
            suffix=args.suffix,
            method=args.method,
            hyperparameters=Hyperparameters(epochs, batch, rate, args.beta),
            seed=args.seed,
            metadata=dict(args.metadata),
        )
        for epochs, batch, rate in grid
    ]


def _file(word: str) -> Path | str:
    """A path, or the id of a file at the provider when no such path exists and it looks like one."""
    path = existing(word)
    return word if word.startswith("file-") and not path.exists() else path


def pair(word: str) -> tuple[str, str]:
    """KEY=VALUE, for argparse."""
    key, equals, value = word.partition("=")
    if not key or not equals:
        raise argparse.ArgumentTypeError(f"{word!r} is not KEY=VALUE")
    return key, value
