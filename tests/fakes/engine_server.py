"""The real engine server as a process, with doubles for what needs a model.

Run as `python -m tests.fakes.engine_server OPTIONS` in the checkout's root.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sentitui.engine.command import hide_key
from sentitui.engine.serve import Parts, serve
from sentitui.engine.settings import add_arguments, from_arguments
from sentitui.errors import SentituiError
from tests.fakes.inference import OneBase, ScriptedInference


def parts() -> Parts:
    """Scripted inference and the trainer double."""
    here = Path(__file__).parent
    bases = OneBase(here)
    command = (sys.executable, str(here / "trainer.py"))
    return Parts(
        inference=ScriptedInference(),
        bases=bases,
        trainer=lambda folder: (*command, str(folder)),
        checker=lambda folder, _method: (*command, "--check", str(folder)),
        threads=1,
    )


def main() -> int:
    """Serves until told to stop."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    try:
        return serve(hide_key(from_arguments(parser.parse_args()), "tests.fakes.engine_server"), parts)
    except SentituiError as error:
        print(error.message, error.hint, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
