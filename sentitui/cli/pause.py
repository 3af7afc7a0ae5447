"""`sentitui pause`: halt a fine-tuning job between two steps."""

from __future__ import annotations

import argparse

from sentitui.cli.acting import act, add_job_arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_job_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Halt a fine-tuning job between two steps."""
    return act(args, "pause")
