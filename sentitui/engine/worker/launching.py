"""The command that trains a job: one process, or one for each GPU through `accelerate launch`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

_MODULE = "sentitui.engine.training"


def training_command(folder: Path, processes: int) -> Sequence[str]:
    """The command line for a job folder with this many processes on this machine."""
    if processes < 2:
        return [sys.executable, "-m", _MODULE, str(folder)]
    # All is said here, so that a configuration of accelerate for other work on this machine has no say; port
    # 0: any free one. The trainer chooses its number format itself.
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_machines", "1"]
    settings = ["--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0"]
    return [*launch, *settings, "--num_processes", str(processes), "--module", _MODULE, str(folder)]


def visible_gpus() -> int:
    """How many NVIDIA GPUs this process may use (CUDA_VISIBLE_DEVICES counts).

    Where the machine has fewer than two, torch is not imported to be asked.
    """
    if len(list(Path("/dev").glob("nvidia[0-9]*"))) < 2:
        return 0
    import torch

    return int(torch.cuda.device_count())
