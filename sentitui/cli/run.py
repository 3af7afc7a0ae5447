"""`sentitui run`: check, upload, tune, ask base and tuned the same, show who answers what how often."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from sentitui.cli.options import (
    add_provider_arguments,
    add_tuning_arguments,
    bounded,
    existing,
    with_services,
)

if TYPE_CHECKING:
    from sentitui.services import Services


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("train", metavar="TRAIN", type=existing, help="training file (JSONL)")
    parser.add_argument(
        "--test", metavar="TEST", type=existing, help="held-out examples to measure accuracy on"
    )
    add_provider_arguments(parser)
    # A default, so that two runs of the same command can be compared: 42, as in the field's own trainers.
    add_tuning_arguments(parser, seed=42)
    group = parser.add_argument_group("questions")
    group.add_argument(
        "--repeats", metavar="N", type=bounded(int, 1, 10_000), default=10, help="asked per prompt: 10"
    )
    group.add_argument(
        "--prompts", metavar="N", type=bounded(int, 0, 10_000), default=6, help="prompts repeated: 6"
    )
    group.add_argument(
        "--max-tokens", metavar="N", type=bounded(int, 1, 100_000), default=24, help="per answer: 24"
    )
    parser.add_argument("--json", metavar="OUT", type=existing, help="write everything measured to this file")


def run(args: argparse.Namespace) -> int:
    """Runs the whole job; 0 when the model was tuned and every question answered."""
    from sentitui.cli.story import Story
    from sentitui.cli.terminal import Terminal
    from sentitui.errors import HistoryError

    terminal = Terminal(sys.stdout)
    story = Story(args, terminal)

    async def work(services: Services) -> int:
        return await story.tell(services)

    try:
        with terminal:
            return with_services(work)
    except KeyboardInterrupt:
        story.leave()
        return 130
    except HistoryError:  # a full disk ends this command, not the job
        story.leave()
        raise
