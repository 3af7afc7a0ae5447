"""The Jobs place: launch on the open file, follow a job live, act on it; closing it stops nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from sentitui.dataset import files
from sentitui.errors import SentituiError
from sentitui.tui.messages import ExampleWanted, ModelWanted
from sentitui.tui.screens.jobs_follow import FollowScreen
from sentitui.tui.screens.launch import Jump, LaunchForm
from sentitui.tui.widgets.job_list import JobList
from sentitui.tuning.jobs import Job
from sentitui.tuning.launch import Created, LaunchEvent, LaunchRequest, Uploaded, Uploading
from sentitui.tuning.seen import SeenJob


class JobsScreen(FollowScreen):
    """Following, and what is done about jobs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "launch", "New job", id="jobs.launch", tooltip="Train a model on the open file"),
        Binding(
            "c", "act('cancel')", "Cancel job", id="jobs.cancel", tooltip="Stop the job at its next step"
        ),
        Binding("P", "act('pause')", "Pause", id="jobs.pause", tooltip="Pause the job", show=False),
        Binding(
            "R", "act('resume')", "Resume", id="jobs.resume", tooltip="Go on with a paused job", show=False
        ),
        Binding("a", "ask_model", "Ask it", id="jobs.ask", tooltip="Ask the tuned model in the playground"),
    ]

    _saved = ""
    """What was saved for the launch, until it was said."""

    @dataclass
    class Launched(Message):
        """A job was created."""

        job: Job
        saved: str = ""
        """What was saved on the way; "" when nothing was unsaved."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what the chosen job allows."""
        job = self.state.job
        if action == "act":
            return job is not None and not job.is_terminal
        if action == "ask_model":
            return job is not None and job.fine_tuned_model is not None
        return True

    async def action_launch(self) -> None:
        """Opens the launch form."""
        try:
            provider = self.workspace.services.provider()
        except SentituiError as error:
            self.heading.say(f"{error.message} {error.hint}", "error")
            return
        await self.app.push_screen(LaunchForm(self.workspace, provider), self._form_closed)

    def _form_closed(self, answer: LaunchRequest | Jump | None) -> None:
        if isinstance(answer, Jump):
            self.post_message(ExampleWanted(answer.index))
        elif answer is not None:
            self._launch(answer)

    @work(exclusive=True, group="launch", exit_on_error=False)
    async def _launch(self, request: LaunchRequest) -> None:
        self.post_message(self.Told(f"Reaching {request.provider.name}…"))
        try:
            saved = await self._save_first()
            job = await self._desk.launch(request, self._tell)
        except SentituiError as error:
            self.post_message(self.Told(f"{error.message} {error.hint}", "error"))
            return
        self.post_message(self.Launched(job, saved))

    async def _save_first(self) -> str:
        """What is uploaded is the file on disk: unsaved edits are saved, and that is said."""
        if not self.workspace.file.modified:
            return ""
        done = await files.save(self.workspace.file)
        said = f"Saved {done.path.name}"
        self.post_message(self.Told(f"{said}; launching…"))
        return said

    def _tell(self, event: LaunchEvent) -> None:
        match event:
            case Uploading(name, sent, total):
                words = f"Uploading {name}: {sent / max(total, 1):.0%} of {total:,} bytes"
            case Uploaded(name, _):
                words = f"Uploaded {name}; creating the job…"
            case Created(job):
                words = f"Job {job.id} is created."
        self.post_message(self.Told(words))

    @on(Launched)
    def _show_launched(self, event: Launched) -> None:
        self._saved = event.saved
        self.show_file()
        self.jobs.set_reactive(JobList.cursor, 0)
        self._followed = None
        self.jobs.show([])
        self._list()

    def words_of(self, job: SeenJob) -> str:
        """Says once, with the job that was launched, that the file was saved for it."""
        saved, self._saved = self._saved, ""
        return f"{super().words_of(job)} · {saved} before uploading it" if saved else super().words_of(job)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_act(self, action: str) -> None:
        """Cancels, pauses or resumes the chosen job."""
        job = self.jobs.job
        if job is None:
            return
        try:
            await self._desk.act(job, action)
        except SentituiError as error:
            self.post_message(self.Told(f"{error.message} {error.hint}", "error"))
            return
        self.post_message(self.Told(f"Asked to {action} {job.id}; it answers at its next step."))

    def action_ask_model(self) -> None:
        """Takes the tuned model to the playground."""
        job = self.state.job
        if job is not None and job.fine_tuned_model:
            self.post_message(ModelWanted(job.provider, job.fine_tuned_model))
