"""What a fine-tuning job is, as values; lenient with what live services send.

A field that is missing or null becomes its default; a status nobody knows is kept as `UNKNOWN` with its own
word in `raw`. `raw` is the server's object as it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sentitui.providers.provider import Provider


class JobStatus(StrEnum):
    """Where a job is in its life."""

    VALIDATING = "validating_files"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


TERMINAL = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """How a model is trained; None means "auto"."""

    n_epochs: int | None = None
    batch_size: int | None = None
    learning_rate_multiplier: float | None = None
    beta: float | None = None

    @classmethod
    def from_api(cls, data: object) -> Hyperparameters:
        """Reads the API's object; "auto" and anything that is no number become None."""
        table = data if isinstance(data, Mapping) else {}
        return cls(
            _integer(table.get("n_epochs")),
            _integer(table.get("batch_size")),
            _number(table.get("learning_rate_multiplier")),
            _number(table.get("beta")),
        )

    def to_api(self) -> dict[str, float | int]:
        """The API's object with the chosen values alone; what is left out is "auto"."""
        pairs = {
            "n_epochs": self.n_epochs,
            "batch_size": self.batch_size,
            "learning_rate_multiplier": self.learning_rate_multiplier,
            "beta": self.beta,
        }
        return {key: value for key, value in pairs.items() if value is not None}


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed, in the server's words."""

    code: str
    message: str
    param: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A fine-tuning job as the server last told it."""

    id: str
    provider: str
    status: JobStatus
    model: str
    created_at: int = 0
    finished_at: int | None = None
    fine_tuned_model: str | None = None
    trained_tokens: int | None = None
    training_file: str = ""
    validation_file: str | None = None
    method: str = "supervised"
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    seed: int | None = None
    error: JobError | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    result_files: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_terminal(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in TERMINAL

    @classmethod
    def from_api(cls, data: Mapping[str, Any], provider: Provider) -> Job:
        """Reads the API's job object; the provider's words for a status are translated."""
        method = data.get("method")
        kind = str(method.get("type") or "supervised") if isinstance(method, Mapping) else "supervised"
        return cls(
            id=str(data.get("id") or ""),
            provider=provider.name,
            status=job_status(data.get("status"), provider),
            model=str(data.get("model") or ""),
            created_at=_integer(data.get("created_at")) or 0,
            finished_at=_integer(data.get("finished_at")),
            fine_tuned_model=_word(data.get("fine_tuned_model")),
            trained_tokens=_integer(data.get("trained_tokens")),
            training_file=str(data.get("training_file") or ""),
            validation_file=_word(data.get("validation_file")),
            method=kind,
            hyperparameters=Hyperparameters.from_api(_hyperparameters(data, kind)),
            seed=_integer(data.get("seed")),
            error=_error(data.get("error")),
            metadata={str(key): str(value) for key, value in (data.get("metadata") or {}).items()},
            result_files=tuple(str(each) for each in data.get("result_files") or ()),
            raw=data,
        )


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One event of a job; `data` holds a step's metrics."""

    id: str
    created_at: int
    level: str
    message: str
    type: str = "message"
    data: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> JobEvent:
        """Reads the API's event object."""
        metrics = data.get("data")
        return cls(
            id=str(data.get("id") or ""),
            created_at=_integer(data.get("created_at")) or 0,
            level=str(data.get("level") or "info"),
            message=str(data.get("message") or ""),
            type=str(data.get("type") or "message"),
            data=metrics if isinstance(metrics, dict) else {},
            raw=data,
        )

    @property
    def step(self) -> int | None:
        """The training step that a metrics event is about."""
        return _integer(self.data.get("step"))

    @property
    def total_steps(self) -> int | None:
        """How many steps the job has."""
        return _integer(self.data.get("total_steps"))

    @property
    def train_loss(self) -> float | None:
        """The loss of that step."""
        return _number(self.data.get("train_loss"))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model saved on the way."""

    id: str
    model: str
    step: int
    created_at: int = 0
    metrics: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def from_api(cls, data: Mapping[str, Any]) -> Checkpoint:
        """Reads the API's checkpoint object."""
        metrics = data.get("metrics")
        numbers = (
            {key: _number(value) for key, value in metrics.items()} if isinstance(metrics, Mapping) else {}
        )
        return cls(
            id=str(data.get("id") or ""),
            model=str(data.get("fine_tuned_model_checkpoint") or ""),
            step=_integer(data.get("step_number")) or 0,
            created_at=_integer(data.get("created_at")) or 0,
            metrics={key: value for key, value in numbers.items() if value is not None},
        )


def job_status(value: object, provider: Provider) -> JobStatus:
    """The status of that name, the provider's own names translated; UNKNOWN for any other."""
    word = str(value or "")
    try:
        return JobStatus(provider.status_aliases.get(word, word))
    except ValueError:
        return JobStatus.UNKNOWN


def _hyperparameters(data: Mapping[str, Any], kind: str) -> object:
    method = data.get("method")
    inner = method.get(kind) if isinstance(method, Mapping) else None
    nested = inner.get("hyperparameters") if isinstance(inner, Mapping) else None
    return nested or data.get("hyperparameters")


def _error(value: object) -> JobError | None:
    # A healthy job has null here, but live services also send {} and an object of nulls.
    if not isinstance(value, Mapping) or not (value.get("code") or value.get("message")):
        return None
    return JobError(str(value.get("code") or ""), str(value.get("message") or ""), _word(value.get("param")))


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _integer(value: object) -> int | None:
    if type(value) is int:
        return value
    number = _number(value)
    return None if number is None else int(number)
