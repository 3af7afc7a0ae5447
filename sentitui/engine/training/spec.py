"""What a job asks for, and what its `auto` values come to."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

# Tiny sets are step-bound: below about 20 optimizer steps the answers do not settle (measured on 50-60
# examples).
_MIN_STEPS = 20
_TARGET_EPOCHS = 4
_MAX_AUTO_EPOCHS = 25
# As the API's own heuristic: big files get fewer epochs.
_MAX_EPOCH_EXAMPLES = 25_000
# Measured on the two sample sets (held-out answers exactly right: sentiment of 60 examples, tickets of 80):
# batches of 8, 3 epochs 0.97 and 0.68; of 4, 3 epochs 0.90 and 0.92; of 8, 4 epochs 0.97 and 0.83; of 6, 4
# epochs 0.97 and 0.95, for 1.0 s of one core per example in all.
_AUTO_BATCH = 6
# With LoRA of rank 8, 5e-4 learns a labelling task in a few epochs; 1e-4 and 2e-4 undertrain (accuracy
# 0.28, 0.63).
BASE_LEARNING_RATE = 5e-4
# Preference pairs push both ways at once: the rate that learns labels tears the model from its starting
# point.
PREFERENCE_LEARNING_RATE = 1e-4

Number = int | float | Literal["auto"]


@dataclass(frozen=True, slots=True)
class JobSpec:
    """`spec.json`, as the supervisor writes it; paths are absolute."""

    job_id: str
    base: str
    base_path: Path
    training_file: Path
    validation_file: Path | None = None
    adapter_path: Path | None = None
    method: Literal["supervised", "dpo"] = "supervised"
    n_epochs: Number = "auto"
    batch_size: Number = "auto"
    learning_rate_multiplier: Number = "auto"
    beta: Number = "auto"
    seed: int = 0
    suffix: str | None = None
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The resolved hyperparameters and the number of optimizer steps they make."""

    n_epochs: int
    batch_size: int
    learning_rate_multiplier: float
    steps_per_epoch: int
    base_rate: float = BASE_LEARNING_RATE

    @property
    def total_steps(self) -> int:
        """Steps of the whole job."""
        return self.n_epochs * self.steps_per_epoch

    @property
    def learning_rate(self) -> float:
        """The peak of the schedule."""
        return self.base_rate * self.learning_rate_multiplier


def load_spec(folder: Path) -> JobSpec:
    """Reads `spec.json`. Raises OSError or ValueError when it is missing or malformed."""
    table: dict[str, Any] = json.loads((folder / "spec.json").read_bytes())
    for name in ("base_path", "training_file", "validation_file", "adapter_path"):
        if table.get(name) is not None:
            table[name] = Path(table[name])
    fields = JobSpec.__dataclass_fields__
    return JobSpec(**{name: value for name, value in table.items() if name in fields})


def resolve(spec: JobSpec, examples: int) -> Plan:
    """Gives each `auto` its number for a file of `examples` examples.

    Epochs: 4, more when that makes fewer than 20 steps (at most 25), fewer above 6,250 examples. Batch: 6.
    """
    batch = _AUTO_BATCH if spec.batch_size == "auto" else int(spec.batch_size)
    batch = max(1, min(batch, examples))
    steps_per_epoch = math.ceil(examples / batch)
    if spec.n_epochs == "auto":
        epochs = max(_TARGET_EPOCHS, math.ceil(_MIN_STEPS / steps_per_epoch))
        epochs = max(1, min(epochs, _MAX_AUTO_EPOCHS, _MAX_EPOCH_EXAMPLES // examples))
    else:
        epochs = int(spec.n_epochs)
    multiplier = 1.0 if spec.learning_rate_multiplier == "auto" else float(spec.learning_rate_multiplier)
    rate = PREFERENCE_LEARNING_RATE if spec.method == "dpo" else BASE_LEARNING_RATE
    return Plan(epochs, batch, multiplier, steps_per_epoch, rate)


def scheduled_rate(plan: Plan, step: int) -> float:
    """The learning rate of a step (1-based): 5 % linear warm-up, then half a cosine to almost nothing."""
    warm_up = max(1, math.ceil(plan.total_steps * 0.05))
    if step <= warm_up:
        return plan.learning_rate * step / warm_up
    done = (step - warm_up) / (plan.total_steps - warm_up + 1)
    return plan.learning_rate * 0.5 * (1 + math.cos(math.pi * done))
