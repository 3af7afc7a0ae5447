"""`python -m sentitui.engine`: the engine without the rest of sentitui."""

from __future__ import annotations

import argparse
import sys

from sentitui.engine.command import run
from sentitui.engine.settings import add_arguments
from sentitui.errors import SentituiError


def main() -> int:
    """Runs the engine and returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m sentitui.engine", description=__doc__)
    add_arguments(parser)
    try:
        return run(parser.parse_args())
    except SentituiError as error:
        print(f"sentitui engine: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"  {error.hint}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
