"""One job: how far it is, its loss, its events."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.strip import Strip
from textual.widget import Widget

from sentitui import safe
from sentitui.tui.charts import duration, track
from sentitui.tui.job_state import WORDS, JobState
from sentitui.tui.text import cells, clip, counted
from sentitui.tui.widgets.event_log import EventLog
from sentitui.tui.widgets.loss_chart import LossChart
from sentitui.tuning.jobs import JobStatus


class JobProgress(Widget):
    """Two rows: the state in words, and a line that fills."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "progress--words",
        "progress--done",
        "progress--left",
        "progress--good",
        "progress--bad",
    }

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._state = JobState()
        self._shown: tuple[str, str, float] = ("", "", 0.0)

    def show(self, state: JobState) -> None:
        """Shows how far a job is; repaints only when that says something else."""
        self._state = state
        shown = (*self._words(), round(state.share, 3))
        if shown != self._shown:
            self._shown = shown
            self.refresh()

    def _words(self) -> tuple[str, str]:
        state, job = self._state, self._state.job
        if job is None:
            return "Asking what became of it…", ""
        words = WORDS[job.status]
        if state.total_steps and not job.is_terminal:
            words += f", step {state.step:,} of {state.total_steps:,}"
        if state.remaining is not None:
            words += f", about {duration(state.remaining)} left"
        if job.error is not None:
            words += f": {job.error.message}"
        if job.status is JobStatus.SUCCEEDED and job.finished_at:
            words += f" in {duration(job.finished_at - job.created_at)}"
            words += f", {counted(job.trained_tokens, 'token')} trained" if job.trained_tokens else ""
        return safe.line(words[:1].upper() + words[1:]), safe.line(job.fine_tuned_model or job.model)

    def render_line(self, y: int) -> Strip:
        """Words above, line below."""
        width = self.size.width
        words, model = self._words()
        if y == 0:
            model = clip(model, max(width // 2, 1))
            words = clip(words, max(width - cells(model) - 3, 1))
            gap = " " * max(width - cells(words) - cells(model) - 2, 0)
            text = [
                Segment(f" {words}", self.get_component_rich_style(self._tone())),
                Segment(f"{gap}{model} ", self.get_component_rich_style("progress--left")),
            ]
            return Strip(text).adjust_cell_length(width, self.rich_style)
        percent = f" {self._state.share:4.0%} "
        done, left = track(self._state.share, max(width - len(percent) - 2, 1))
        return Strip(
            [
                Segment(f" {done}", self.get_component_rich_style("progress--done")),
                Segment(left, self.get_component_rich_style("progress--left")),
                Segment(percent, self.get_component_rich_style("progress--words")),
            ]
        ).adjust_cell_length(width, self.rich_style)

    def _tone(self) -> str:
        status = self._state.job.status if self._state.job else None
        if status is JobStatus.SUCCEEDED:
            return "progress--good"
        return "progress--bad" if status is JobStatus.FAILED else "progress--words"


class JobView(Vertical):
    """Progress, loss chart and event log of the chosen job."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.progress = JobProgress(id="job-progress")
        self.chart = LossChart(id="job-chart")
        self.log_of_events = EventLog(id="job-events")

    def compose(self) -> ComposeResult:
        """Progress above; chart and log side by side where there is room."""
        yield self.progress
        with Container(id="job-panes"):
            yield self.chart
            yield self.log_of_events

    def start(self, state: JobState) -> None:
        """Shows another job."""
        self.log_of_events.show(state.events)
        self.show(state)

    def show(self, state: JobState) -> None:
        """Shows what is new about the job."""
        self.progress.show(state)
        self.chart.show(state.losses, state.total_steps)
        self.log_of_events.more()
