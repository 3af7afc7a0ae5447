"""`python -m sentitui.engine.worker.check_files JOB_FOLDER METHOD`: judges a job's files by the trainer's
rules.

Prints one JSON object: empty when they can be trained on, else the job's error (`code`, `message`, `param`).
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from sentitui.dataset.format import Format
from sentitui.engine.training.data import read_examples
from sentitui.engine.training.refusal import FileRefused
from sentitui.engine.worker.folder import TRAINING, VALIDATION


def main(folder: Path, method: str) -> None:
    """Judges the training file, then the validation file if there is one."""
    # Whoever trains or asks now comes first.
    os.nice(10)
    wanted = Format.PREFERENCE if method == "dpo" else Format.CHAT
    finding: dict[str, str | None] = {}
    try:
        read_examples(folder / TRAINING, "training_file", wanted)
        if (folder / VALIDATION).exists():
            read_examples(folder / VALIDATION, "validation_file", wanted)
    except FileRefused as error:
        finding = {"code": error.code, "message": error.message, "param": error.param}
    print(json.dumps(finding))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
