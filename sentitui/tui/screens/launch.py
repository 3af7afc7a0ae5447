"""The launch form: what to train on, with which settings; what blocks it is said before the button works."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from sentitui import safe
from sentitui.errors import ConfigError, DatasetError
from sentitui.providers.provider import Provider
from sentitui.tui import checking
from sentitui.tui.bugs import BugsShown
from sentitui.tui.checking import Findings
from sentitui.tui.launch_values import FIELDS, defaults, request_of
from sentitui.tui.text import counted
from sentitui.tui.widgets.line_input import LineInput
from sentitui.tui.widgets.status_line import StatusLine
from sentitui.tui.workspace import Workspace
from sentitui.tuning.launch import LaunchRequest


@dataclass(frozen=True, slots=True)
class Jump:
    """Instead of a launch: go to the example that blocks it."""

    index: int


class LaunchForm(BugsShown, ModalScreen[LaunchRequest | Jump | None]):
    """Asks for a launch; escape gives none (None)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="launch.cancel", tooltip="Launch nothing"),
        Binding("ctrl+s", "launch", "Launch", id="launch.go", tooltip="Upload the file and start the job"),
        Binding("ctrl+j", "jump", "To the error", id="launch.jump", tooltip="Go to what blocks the launch"),
    ]

    @dataclass
    class Checked(Message):
        """The file was checked, or could not be."""

        findings: Findings
        problem: str = ""

    def __init__(self, workspace: Workspace, provider: Provider) -> None:
        super().__init__()
        self._workspace, self._provider = workspace, provider
        self._findings: Findings | None = None
        self.status = StatusLine(id="launch-status")

    def compose(self) -> ComposeResult:
        """A labelled line per field, what the check says, the buttons."""
        values = defaults(self._provider, self._workspace.path)
        name = safe.line(self._workspace.path.name)
        with Vertical(classes="dialog form"):
            yield Static(
                Content(f"Train on {name} with {safe.line(self._provider.name)}"), classes="dialog--title"
            )
            for field, label, hint in FIELDS:
                with Horizontal(classes="form--row"):
                    yield Static(Content(label), classes="form--label")
                    yield LineInput(values[field], placeholder=hint, id=f"field-{field}")
            yield self.status
            with Horizontal(classes="dialog--buttons"):
                yield Button(Content("Launch ^s"), id="launch")
                yield Button(Content("Cancel esc"), id="leave")

    def on_mount(self) -> None:
        """Checks the file by the provider's rules."""
        self.status.say("Checking the file…", "hint")
        self.set_focus(self.query_one("#field-epochs"))
        self._check()

    @work(exclusive=True, group="launch-check", exit_on_error=False)
    async def _check(self) -> None:
        file, profile = self._workspace.file, self._provider.profile
        try:
            found = await asyncio.to_thread(checking.check, file, profile, lambda done, total: None)
        except DatasetError as error:
            self.post_message(self.Checked(Findings(), error.message))
            return
        self.post_message(self.Checked(found))

    @on(Checked)
    def _show_check(self, event: Checked) -> None:
        self._findings = event.findings
        report = event.findings.report
        if report is None:
            self.status.say(event.problem, "error")
        elif report.has_errors:
            worst = event.findings.diagnostics[0]
            place = f"line {worst.location.line}: " if worst.location.line else ""
            self.status.say(f"{event.findings.summary}. {place}{worst.message}", "error")
            self.status.right = "ctrl+j goes there"
        else:
            unsaved = "; unsaved edits are saved first" if self._workspace.file.modified else ""
            self.status.say(
                f"{counted(report.examples, 'example')}, {event.findings.summary}{unsaved}", "done"
            )
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Errors block the launch, and can be gone to."""
        errors = self._findings is not None and (
            self._findings.report is None or self._findings.report.has_errors
        )
        if action == "jump":
            return errors
        return True

    def action_launch(self) -> None:
        """Hands the request over when nothing blocks it."""
        findings = self._findings
        if findings is None:
            self.status.say("The check is not done yet.", "warning")
            return
        if findings.report is None or findings.report.has_errors:
            self.app.bell()
            return
        values = {name: self.query_one(f"#field-{name}", LineInput).value for name, _, _ in FIELDS}
        try:
            self.dismiss(request_of(values, self._provider, self._workspace.path))
        except ConfigError as error:
            self.status.say(error.message, "error")

    def action_jump(self) -> None:
        """Goes to the first error."""
        if self._findings is not None and self._findings.diagnostics:
            line = self._findings.diagnostics[0].location.line
            self.dismiss(Jump((line or 1) - 1))

    def action_leave(self) -> None:
        """Launches nothing."""
        self.dismiss(None)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_launch()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "launch":
            self.action_launch()
        else:
            self.action_leave()
