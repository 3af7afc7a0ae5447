"""`sentitui resume`: let a paused fine-tuning job go on."""

from __future__ import annotations

import argparse

from sentitui.cli.acting import act, add_job_arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_job_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Let a paused fine-tuning job go on."""
    return act(args, "resume")
