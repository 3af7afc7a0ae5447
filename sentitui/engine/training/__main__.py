"""`python -m sentitui.engine.training JOB_FOLDER`: the command that the supervisor starts."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Runs the job in the one folder named; 2 for wrong usage."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("usage: python -m sentitui.engine.training JOB_FOLDER\n")
        return 2
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    # Training may use every core of a small machine, but the app and the server go first.
    os.nice(5)
    # Everything is on this disk; nothing may reach for a hub. And threads that wait must not burn the core
    # that the server needs.
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # A short spin before sleeping: a step takes a tenth less on idle cores and no more on busy ones (20,000
    # spins save a fifth there, but stall here).
    os.environ.setdefault("GOMP_SPINCOUNT", "300")
    # peft 0.21 asks transformers 5 for a property under its old name; the log should hold what matters.
    warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*", category=FutureWarning)
    from sentitui.engine.training.job import run
    from sentitui.engine.training.team import joined

    with joined() as team:
        status = run(Path(arguments[0]), team)
    if team.size > 1:
        # The talk between processes leaves native threads behind that now and then abort the interpreter's
        # ordinary end ("terminate called without an active exception"); all that counts is on disk by now.
        logging.shutdown()
        os._exit(status)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
