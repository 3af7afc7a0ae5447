"""What is known of a job while it is followed: its events, losses and how far it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sentitui.tuning.jobs import Job, JobEvent, JobStatus

WORDS = {
    JobStatus.VALIDATING: "checking the file",
    JobStatus.QUEUED: "waiting its turn",
    JobStatus.RUNNING: "training",
    JobStatus.PAUSED: "paused",
    JobStatus.SUCCEEDED: "succeeded",
    JobStatus.FAILED: "failed",
    JobStatus.CANCELLED: "cancelled",
    JobStatus.UNKNOWN: "in a state that is not known here",
}

SIGNS = {
    JobStatus.VALIDATING: "…",
    JobStatus.QUEUED: "…",
    JobStatus.RUNNING: "▶",
    JobStatus.PAUSED: "‖",
    JobStatus.SUCCEEDED: "✓",
    JobStatus.FAILED: "✗",
    JobStatus.CANCELLED: "-",
    JobStatus.UNKNOWN: "?",
}


@dataclass
class JobState:
    """Grows with what following yields; holds every event and every loss."""

    job: Job | None = None
    events: list[JobEvent] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    validation: list[tuple[int, float]] = field(default_factory=list)
    step: int = 0
    total_steps: int = 0
    first_step_at: int = 0
    last_step_at: int = 0

    def take(self, news: Iterable[JobEvent | Job]) -> None:
        """Takes over what was told."""
        for each in news:
            if isinstance(each, Job):
                self.job = each
            else:
                self.events.append(each)
                self._measure(each)

    def _measure(self, event: JobEvent) -> None:
        if event.train_loss is not None:
            self.losses.append(event.train_loss)
        if event.step is not None:
            self.step = max(self.step, event.step)
            self.total_steps = event.total_steps or self.total_steps
            self.first_step_at = self.first_step_at or event.created_at
            self.last_step_at = event.created_at
            loss = event.data.get("full_valid_loss", event.data.get("valid_loss"))
            if isinstance(loss, int | float):
                self.validation.append((event.step, float(loss)))

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        if self.job is not None and self.job.status is JobStatus.SUCCEEDED:
            return 1.0
        return self.step / self.total_steps if self.total_steps else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds that the steps left will take at the pace so far; None when it cannot be known."""
        took = self.last_step_at - self.first_step_at
        if self.step < 2 or took <= 0 or not self.total_steps or (self.job and self.job.is_terminal):
            return None
        return took / (self.step - 1) * (self.total_steps - self.step)
