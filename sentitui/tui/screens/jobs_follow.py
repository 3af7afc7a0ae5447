"""Following: the jobs that are known, and the chosen one live; looking away stops nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer

from sentitui.errors import ProviderUnreachable, SentituiError
from sentitui.tui.charts import duration
from sentitui.tui.job_desk import JobDesk
from sentitui.tui.job_state import JobState
from sentitui.tui.screens.place import Place
from sentitui.tui.widgets.job_list import JobList
from sentitui.tui.widgets.job_view import JobView
from sentitui.tui.widgets.line_list import LineList
from sentitui.tui.widgets.status_line import StatusLine
from sentitui.tui.workspace import Workspace
from sentitui.tuning.jobs import Job, JobEvent
from sentitui.tuning.patience import Patience
from sentitui.tuning.seen import SeenJob

_RATE = 0.1
"""Seconds between two updates of the screen while events stream in."""


class FollowScreen(Place):
    """Jobs above, the chosen one below."""

    name_of_mode = "jobs"
    title_of_place = "Jobs"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "reload", "Reload", id="jobs.reload", tooltip="Look for jobs again", show=False),
        Binding("tab", "other_pane", "Events", id="jobs.pane", tooltip="Between jobs and events", show=False),
        Binding("escape,h,left", "back", "Jobs", id="jobs.back", tooltip="Back to the jobs", show=False),
    ]

    @dataclass
    class Listed(Message):
        """The jobs that are known; `problem` says why the server was not heard."""

        jobs: list[SeenJob]
        problem: str = ""

    @dataclass
    class Told(Message):
        """Something about a launch or an action, in words."""

        words: str
        kind: str = "info"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._desk = JobDesk(workspace.services)
        self.jobs = JobList(id="jobs")
        self.heading = StatusLine(id="jobs-heading")
        self.view = JobView(id="job-view")
        self.view.display = False
        self.state = JobState()
        self._inbox: list[JobEvent | Job] = []
        self._flushing: Timer | None = None
        self._followed: tuple[str, str] | None = None

    def body(self) -> ComposeResult:
        """Jobs, a row of words, the chosen job."""
        with Container(id="jobs-panes"):
            yield self.jobs
            yield self.heading
            yield self.view

    def on_mount(self) -> None:
        """Shows what the history knows, then what the server adds."""
        self.set_focus(self.jobs)
        self.watch(self.jobs, "cursor", self._chosen, init=False)
        self._list()

    @work(exclusive=True, group="jobs", exit_on_error=False)
    async def _list(self) -> None:
        try:
            self.post_message(self.Listed(await self._desk.seen()))
            if await self._desk.ask_server():
                self.post_message(self.Listed(await self._desk.seen()))
        except SentituiError as error:
            self.post_message(self.Told(f"{error.message} {error.hint}", "warning"))

    @on(Listed)
    def _show_jobs(self, event: Listed) -> None:
        self.jobs.show(event.jobs)
        self.view.display = bool(event.jobs)
        self._chosen()

    def _chosen(self) -> None:
        """Follows the job under the cursor, unless it is followed already."""
        job = self.jobs.job
        if job is None or self._followed == (job.provider, job.id):
            return
        self._followed = (job.provider, job.id)
        self.state = JobState()
        self._inbox.clear()
        self.view.start(self.state)
        self.heading.say(self.words_of(job))
        self._follow(job)

    def words_of(self, job: SeenJob) -> str:
        """What is said when a job is looked at."""
        return f"Job {job.id}"

    @work(exclusive=True, group="follow", exit_on_error=False)
    async def _follow(self, job: SeenJob) -> None:
        def trouble(error: ProviderUnreachable, seconds: float) -> None:
            self.post_message(self.Told(f"{error.message} Trying again in {duration(seconds)}.", "warning"))

        try:
            async for each in self._desk.follow(job, Patience(on_failure=trouble)):
                self._inbox.append(each)
                if self._flushing is None:
                    self._flushing = self.set_timer(_RATE, self._flush)
        except SentituiError as error:
            self.post_message(self.Told(f"{error.message} {error.hint}", "warning"))

    def _flush(self) -> None:
        """One update of the screen for everything that came meanwhile."""
        self._flushing = None
        before = self.state.job
        self.state.take(self._inbox)
        self._inbox.clear()
        with self.app.batch_update():
            self.view.show(self.state)
        job = self.state.job
        if job is not None and (before is None or job.status is not before.status):
            self.refresh_bindings()
            self._relist()

    @work(exclusive=True, group="relist", exit_on_error=False)
    async def _relist(self) -> None:
        self.post_message(self.Listed(await self._desk.seen()))

    @on(Told)
    def _say(self, event: Told) -> None:
        self.heading.say(event.words, event.kind)

    def action_reload(self) -> None:
        """Looks for jobs again."""
        self._list()

    def action_other_pane(self) -> None:
        """Between jobs and events."""
        self.set_focus(self.view.log_of_events if self.jobs.has_focus else self.jobs)

    def action_back(self) -> None:
        """Back to the jobs."""
        self.set_focus(self.jobs)

    @on(LineList.Chosen, "#jobs")
    def _open(self) -> None:
        self.set_focus(self.view.log_of_events)
