"""The real engine, trainer and inference on a tiny random model: `python -m tests.fakes.tiny_engine_server`.

The model's folder is named by the environment variable TINY_MODEL.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from sentitui.engine.compose import check_command, trainer_command
from sentitui.engine.inference import LocalInference
from sentitui.engine.serve import Parts, serve
from sentitui.engine.settings import add_arguments, from_arguments
from tests.fakes.inference import OneBase


def parts() -> Parts:
    """Everything real but the weights."""
    bases = OneBase(Path(os.environ["TINY_MODEL"]))
    return Parts(LocalInference(bases, threads=1), bases, trainer_command, check_command, 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    sys.exit(serve(from_arguments(parser.parse_args()), parts))
