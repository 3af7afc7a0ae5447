"""What a job asks for, and what its `auto` values come to."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sentitui.dataset.auto import engine_plan

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
    """Gives each `auto` its number for a file of `examples` examples; see `engine_plan`."""
    asked = (None if value == "auto" else int(value) for value in (spec.n_epochs, spec.batch_size))
    epochs, batch = engine_plan(examples, *asked)
    steps_per_epoch = math.ceil(examples / batch)
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
