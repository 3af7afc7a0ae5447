"""`sentitui compare`: ask contenders the same prompts N times; who answers what, how often, how right."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from sentitui.cli.options import bounded, existing, with_services

if TYPE_CHECKING:
    from sentitui.services import Services


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "--contender",
        metavar="NAME=PROVIDER:MODEL",
        action="append",
        required=True,
        help="who is asked; may be given several times; PROVIDER may be an address: <http://host:9000/v1>",
    )
    prompts = parser.add_mutually_exclusive_group(required=True)
    prompts.add_argument(
        "--prompt", metavar="TEXT", action="append", help="a prompt; may be given several times"
    )
    prompts.add_argument(
        "--prompts", metavar="FILE", type=existing, help="a prompt per line, or JSONL conversations"
    )
    prompts.add_argument(
        "--test", metavar="FILE", type=existing, help="labelled examples: JSONL with answers"
    )
    _add_asking(parser)
    _add_output(parser)


def _add_asking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--repeats", metavar="N", type=bounded(int, 1, 100_000), default=10, help="default: 10"
    )
    parser.add_argument("--system", metavar="TEXT", help="system prompt for all, instead of the prompts' own")
    parser.add_argument(
        "--temperature", metavar="T", type=bounded(float, 0.0, 2.0), default=1.0, help="default: 1"
    )
    parser.add_argument(
        "--max-tokens", metavar="N", type=bounded(int, 1, 100_000), default=24, help="default: 24"
    )
    parser.add_argument(
        "--seed", metavar="N", type=bounded(int, 0, 2**31 - 1), help="makes it repeatable, where honoured"
    )
    parser.add_argument(
        "--concurrency", metavar="N", type=bounded(int, 1, 1000), help="requests at once per provider"
    )
    parser.add_argument("--api-key-env", metavar="NAME", help="environment variable with the key, for all")
    parser.add_argument(
        "--resume", action="store_true", help="go on with the same comparison where it was killed"
    )
    parser.add_argument(
        "--train", metavar="FILE", type=existing, help="training file: its labels and system prompt"
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fail-under",
        metavar="[NAME=]X",
        action="append",
        default=[],
        help="end with 1 when a contender's label accuracy (agreement, without labels) is below X (0-1)",
    )
    group = parser.add_argument_group("output")
    group.add_argument("--json", metavar="OUT", type=existing, help="write everything measured to this file")
    group.add_argument("--csv", metavar="OUT", type=existing, help="write every answer to this file")
    group.add_argument(
        "--report", metavar="OUT", type=existing, help="write a page: .html with charts, otherwise Markdown"
    )


def run(args: argparse.Namespace) -> int:
    """Asks and shows; 0 when everything was answered and nothing is below --fail-under."""
    from sentitui.cli.comparing import Comparison
    from sentitui.cli.terminal import Terminal

    terminal = Terminal(sys.stdout)
    comparison = Comparison(args, terminal)

    async def work(services: Services) -> int:
        return await comparison.tell(services)

    with terminal:
        return with_services(work)
