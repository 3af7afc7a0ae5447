"""The texts of job events, as OpenAI's service writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VALIDATED = "Files validated, moving job to queued state"
STARTED = "Fine-tuning job started"
PAUSED = "Fine-tuning job paused"
RESUMED = "Fine-tuning job resumed"
CANCELLED = "Fine-tuning job cancelled"
COMPLETED = "The job has successfully completed"


def created(job_id: str) -> str:
    """The first event."""
    return f"Created fine-tuning job: {job_id}"


def validating(training_file: str, validation_file: str | None) -> str:
    """The second event; without its second part if there is no validation file."""
    text = f"Validating training file: {training_file}"
    return text if validation_file is None else f"{text} and validation file: {validation_file}"


def step(line: Mapping[str, Any]) -> str:
    """A metrics event: losses with two decimals (the data has them in full)."""
    text = f"Step {line['step']}/{line['total_steps']}: training loss={line['train_loss']:.2f}"
    if line.get("valid_loss") is not None:
        text += f", validation loss={line['valid_loss']:.2f}"
    if line.get("full_valid_loss") is not None:
        text += f", full validation loss={line['full_valid_loss']:.2f}"
    return text


def checkpoint(number: int, name: str) -> str:
    """A checkpoint other than the last became a model."""
    return f"Checkpoint created at step {number} with Snapshot ID: {name}"


def new_model(name: str) -> str:
    """The job's model can be asked."""
    return f"New fine-tuned model created: {name}"


def restarted(reason: str) -> str:
    """The trainer died and goes on from its last checkpoint."""
    return f"The training process ended unexpectedly ({reason}); resuming from the last checkpoint"


def gave_up(reason: str, tries: int) -> str:
    """The trainer died again and again."""
    return f"The training process ended unexpectedly {tries} times in a row without progress ({reason})"
