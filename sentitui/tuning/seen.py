"""The jobs that the history knows, each with what a list shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sentitui.history import History
from sentitui.tuning.jobs import JobEvent


@dataclass(frozen=True, slots=True)
class SeenJob:
    """A job as last seen (`seen`, unix seconds); `loss` is that of its newest step, if any is known."""

    id: str
    provider: str
    status: str
    model: str
    fine_tuned_model: str | None
    created_at: int
    finished_at: int | None
    trained_tokens: int | None
    loss: float | None
    seen: float

    def to_json(self) -> Mapping[str, Any]:
        """What `sentitui jobs --json` prints."""
        return {name: getattr(self, name) for name in self.__slots__}


def seen_jobs(history: History) -> list[SeenJob]:
    """Every job of every provider, newest first."""
    losses = {key: JobEvent.from_api(event).train_loss for key, event in history.newest_metrics().items()}
    return [
        SeenJob(
            each.id,
            each.provider,
            str(each.data.get("status") or "unknown"),
            str(each.data.get("model") or ""),
            each.data.get("fine_tuned_model"),
            each.created_at,
            each.data.get("finished_at"),
            each.data.get("trained_tokens"),
            losses.get((each.provider, each.id)),
            each.seen,
        )
        for each in history.jobs()
    ]
