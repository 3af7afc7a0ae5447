"""`sentitui engine`: serve and fine-tune models on this machine."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    from sentitui.engine.settings import add_arguments as add

    add(parser)


def run(args: argparse.Namespace) -> int:
    """Serves until told to stop. Raises EngineUnavailable or EngineError."""
    from sentitui.engine.command import run as serve

    return serve(args)
