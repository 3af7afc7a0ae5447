"""The Data place: browse, search, edit, save; offers what a crash left behind."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from sentitui.dataset.recovery import Recovery
from sentitui.errors import DatasetError
from sentitui.tui import saving
from sentitui.tui.screens.data_mend import MendScreen
from sentitui.tui.screens.dialogs import Choice, ChoiceDialog
from sentitui.tui.text import counted

_RECOVER = (
    Choice("r", "Restore", "restore"),
    Choice("d", "Discard", "discard"),
    Choice("l", "Later", "later"),
)
_MISFIT = (Choice("l", "Later", "later"), Choice("d", "Discard", "discard"))


class DataScreen(MendScreen):
    """Browse and edit the training file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="data.save", tooltip="Write the file, whole or not at all"),
        Binding("S", "save_as", "Save as", id="data.save-as", tooltip="Save under another name", show=False),
    ]

    def start(self) -> None:
        """Says what to do next, and offers edits that a crash left behind."""
        super().start()
        file = self.workspace.file
        if self.workspace.is_sample:
            self.notice("A sample to start with: e edits, 2 trains a model on it, 3 asks it.", "hint")
        if file.locked_by is not None:
            self.notice(f"Another program (pid {file.locked_by}) edits this file: reading only.", "warning")
        if file.recovery is not None:
            self._offer(file.recovery)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Saving is offered when there is something to save."""
        if action == "save":
            return self.workspace.file.modified and not self.is_editing
        return super().check_action(action, parameters)

    @work(exclusive=True, group="recovery", exit_on_error=False)
    async def _offer(self, recovery: Recovery) -> None:
        edits = counted(len(recovery.edits), "edit")
        name = self.workspace.path.name
        if recovery.problem:
            text = f"{edits} of an earlier session of {name} cannot be restored: {recovery.problem}."
        else:
            were = "was" if len(recovery.edits) == 1 else "were"
            text = f"{edits} of {name} {were} not saved when the last session ended."
        answer = await self.app.push_screen_wait(
            ChoiceDialog("Unsaved edits found", text, _MISFIT if recovery.problem else _RECOVER)
        )
        await self._recover(recovery, answer)

    async def _recover(self, recovery: Recovery, answer: str | None) -> None:
        if answer == "restore":
            await asyncio.to_thread(recovery.restore)
            self.notice(f"Restored {counted(len(recovery.edits), 'edit')}; ctrl+s saves.", "done")
        elif answer == "discard":
            await asyncio.to_thread(recovery.discard)
            self.notice("Discarded the edits of the earlier session.", "hint")
        else:
            self.notice("Reading only: edits of an earlier session wait.", "warning")
            return
        self.examples.reload()
        self.show_file()
        self.show_example(same=True)
        self.refresh_bindings()

    def action_save(self) -> None:
        """Writes the file."""
        self._save(ask=False)

    def action_save_as(self) -> None:
        """Writes the file under another name."""
        self._save(ask=True)

    @work(exclusive=True, group="save", exit_on_error=False)
    async def _save(self, *, ask: bool) -> None:
        before = self.workspace.file
        try:
            said = await (saving.save_as if ask else saving.save)(self.app, self.workspace)
        except DatasetError as error:
            self.heading.say(f"{error.message} {error.hint}", "error")
            return
        if self.workspace.file is not before:
            self.show_whole_file()
        if said:
            self.heading.say(said, "done")
        self.examples.reload()
        self.show_file()
        self.refresh_bindings()
