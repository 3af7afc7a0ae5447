"""The jobs of every provider, newest first."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip

from sentitui import safe
from sentitui.tui.charts import number
from sentitui.tui.job_state import SIGNS
from sentitui.tui.text import clip, pad, pad_left
from sentitui.tui.widgets.line_list import LineList
from sentitui.tuning.jobs import JobStatus
from sentitui.tuning.seen import SeenJob

_EMPTY = ("No job yet.", "n trains a model on the open file; 3 asks it when it is done.")
"""What stands in a list without jobs."""

_STATE = {
    JobStatus.SUCCEEDED: "good",
    JobStatus.FAILED: "bad",
    JobStatus.RUNNING: "live",
    JobStatus.PAUSED: "live",
}


class JobList(LineList):
    """A line per job: state, model, loss, start, provider."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "job--good",
        "job--bad",
        "job--live",
        "job--other",
        "job--cursor",
        "job--cursor-blurred",
        "job--model",
        "job--note",
    }

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.jobs: Sequence[SeenJob] = ()
        self._known = False

    def show(self, jobs: Sequence[SeenJob]) -> None:
        """Shows other jobs; the cursor stays on its job."""
        here = self.job
        self.jobs, self._known = jobs, True
        if here is not None:
            at = next(
                (i for i, job in enumerate(jobs) if (job.provider, job.id) == (here.provider, here.id)), 0
            )
            self.set_reactive(JobList.cursor, at)
        self.reload()

    @property
    def job(self) -> SeenJob | None:
        """The job under the cursor."""
        return self.jobs[self.cursor] if self.cursor < len(self.jobs) else None

    def line_count(self) -> int:
        """The jobs."""
        return len(self.jobs)

    def render_line(self, y: int) -> Strip:
        """A line of the list; without jobs, what to do."""
        if self._known and not self.jobs and 1 <= y <= len(_EMPTY):
            style = self.component("job--model" if y == 1 else "job--other")
            words = Segment(f"  {clip(_EMPTY[y - 1], self.size.width - 3)}", style)
            return Strip([words]).adjust_cell_length(self.size.width, self.rich_style)
        return super().render_line(y)

    def draw_line(self, index: int, width: int, selected: bool) -> list[Segment]:
        """`▌ ✓ succeeded  ft:smollm2…:sentiment   loss 0.021   24 Nov 14:02  engine`."""
        job = self.jobs[index]
        status = _status(job.status)
        note = f"loss {number(job.loss)}" if job.loss is not None else ""
        started = time.strftime("%d %b %H:%M", time.localtime(job.created_at))
        right = f"{pad(note, 12)}{pad_left(started, 12)}  {pad(safe.line(job.provider), 8)}"
        state = _STATE.get(status, "other")
        if selected:
            state = "cursor" if self.has_focus else "cursor-blurred"
        model = safe.line(job.fine_tuned_model or job.model)
        room = max(width - 20 - len(right), 8)
        head = f"{'▌' if selected else ' '}{SIGNS[status]} {pad(safe.line(job.status), 14)}"
        return [
            Segment(head, self.component(f"job--{state}")),
            Segment(f" {pad(clip(model, room), room)} ", self.component("job--model")),
            Segment(right, self.component("job--note")),
        ]


def _status(word: str) -> JobStatus:
    try:
        return JobStatus(word)
    except ValueError:
        return JobStatus.UNKNOWN
