"""Mending: explain a rule, apply its fix, set a label, use one's own editor, copy."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from sentitui.dataset.diagnostics import Diagnostic
from sentitui.errors import DatasetError
from sentitui.tui import editing, search
from sentitui.tui.screens.data_filter import FilterScreen
from sentitui.tui.screens.dialogs import Choice, ChoiceDialog

_LOOKED_AT = 2_000
"""Examples that are looked at for the set's labels."""
_CLIPBOARD = 74_000
"""Bytes that terminals still take by OSC 52."""
_CLOSE = (Choice("q", "Close", "close"),)
_APPLY = (
    Choice("c", "Cancel", "cancel"),
    Choice("a", "Apply here", "here"),
    Choice("e", "Everywhere", "everywhere"),
)


class MendScreen(FilterScreen):
    """Checking with help."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "explain", "Explain", id="data.explain", tooltip="The rule behind a problem"),
        Binding("x", "fix", "Fix", id="data.fix", tooltip="Apply the fix of a problem, here or everywhere"),
        Binding("L", "label", "Label", id="data.label", tooltip="Set the label: the answer of this example"),
        Binding("E", "editor", "$EDITOR", id="data.editor", tooltip="Edit the message in your own editor",
                show=False),
        Binding("y", "copy(False)", "Copy", id="data.yank", tooltip="The line to the terminal's clipboard",
                show=False),
        Binding("Y", "copy(True)", "Copy text", id="data.yank-text", tooltip="The texts to the clipboard",
                show=False),
    ]  # fmt: skip

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Explaining and fixing are there where something is wrong."""
        if action in ("explain", "fix"):
            return not self.is_editing and self._problem() is not None
        if action in ("label", "editor", "copy"):
            return not self.is_editing
        return super().check_action(action, parameters)

    def show_example(self, *, same: bool = False) -> None:
        """What can be done depends on the example."""
        super().show_example(same=same)
        wrong = self._problem() is not None
        if wrong is not self._was_wrong:
            self._was_wrong = wrong
            self.refresh_bindings()

    _was_wrong = False

    def _problem(self) -> Diagnostic | None:
        """The problem that is meant: the chosen one of the list, else the worst of this example."""
        if self.problems.display and self.problems.diagnostics:
            return self.problems.diagnostics[self.problems.cursor]
        return next(iter(self._all_of(self.index)), None)

    def _all_of(self, index: int) -> list[Diagnostic]:
        """What is wrong with an example by itself and beside the others."""
        if index >= len(self.workspace.file):
            return []
        own = self.diagnostics_of(index)
        known = {(d.code, d.location.path) for d in own}
        others = (d for d in self.findings.diagnostics if d.location.line == index + 1)
        return [*own, *(d for d in others if (d.code, d.location.path) not in known)]

    async def action_explain(self) -> None:
        """Shows the rule's own words."""
        from sentitui.tui import mending

        problem = self._problem()
        if problem is not None:
            await self.app.push_screen(ChoiceDialog(*mending.explained(problem.code), _CLOSE))

    @work(exclusive=True, group="fix", exit_on_error=False)
    async def action_fix(self) -> None:
        """Shows what a fix would change, then does it here or everywhere."""
        from sentitui.tui import mending

        file, index = self.workspace.file, self.index
        problem = mending.fixable(self._all_of(index))
        if problem is None or problem.fix is None:
            self.heading.say("Nothing here has an automatic fix.", "hint")
            return
        try:
            edit = mending.fix_here(file, index, problem)
        except DatasetError as error:
            self.heading.say(f"{error.message} {error.hint}", "warning")
            return
        text = mending.difference(file.line(index), edit.line)
        answer = await self.app.push_screen_wait(
            ChoiceDialog(f"{problem.code}: {problem.fix.title}", text, _APPLY)
        )
        if answer == "here":
            self.do(lambda: edit)
        elif answer == "everywhere":
            self.do(lambda: mending.fix_everywhere(file, problem.code, self.findings.diagnostics))

    @work(exclusive=True, group="label", exit_on_error=False)
    async def action_label(self) -> None:
        """Offers the set's labels by number."""
        from sentitui.tui import mending

        file, index = self.workspace.file, self.index
        stop = min(_LOOKED_AT, len(file))
        labels = await asyncio.to_thread(lambda: mending.labels_of(file.lines(0, stop)))
        if not labels:
            self.heading.say("The answers of this file do not look like labels: e edits.", "hint")
            return
        choices = tuple(Choice(str(at + 1), label, str(at)) for at, label in enumerate(labels))
        answer = await self.app.push_screen_wait(ChoiceDialog(f"Label of example {index + 1:,}", "", choices))
        if answer is None:
            return
        last = max(
            (i for i, m in enumerate(file.example(index).messages) if m.role == "assistant"), default=None
        )
        if last is None:
            self.heading.say("This example has no assistant message.", "warning")
            return
        self.do(lambda: editing.set_content(file, index, last, labels[int(answer)]))

    def action_editor(self) -> None:
        """Hands the chosen message to $EDITOR and takes back what it wrote."""
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if not command:
            self.heading.say("Neither VISUAL nor EDITOR is set.", "warning")
            return
        try:
            message = self.conversation.selected
            text = self.workspace.file.example(self.index).messages[message].text
            edited = self._in_editor(shlex.split(command), text)
        except (DatasetError, IndexError, OSError, UnicodeError) as error:
            self.heading.say(f"The editor could not be used: {error}", "error")
            return
        if edited != text:
            self.do(lambda: editing.set_content(self.workspace.file, self.index, message, edited))

    def _in_editor(self, command: list[str], text: str) -> str:
        """What the editor leaves of the text; the line feed that editors add at the end is taken off."""
        with tempfile.TemporaryDirectory(prefix="sentitui-") as folder:
            path = Path(folder) / "message.txt"
            path.write_bytes(text.encode("utf-8"))
            with self.app.suspend():
                subprocess.run([*command, str(path)], check=False)
            self.refresh(layout=True)
            edited = path.read_bytes().decode("utf-8")
        if edited == text + "\n":
            return text
        return edited.removesuffix("\n") if not text.endswith("\n") else edited

    def action_copy(self, texts: bool) -> None:
        """Sends the example to the terminal's clipboard."""
        line = self.workspace.file.line(self.index)
        copied = (search.words_of(line).encode("utf-8", "replace") if texts else line).decode(
            "utf-8", "replace"
        )
        if len(copied.encode()) > _CLIPBOARD:
            self.heading.say("Too long for a terminal's clipboard; export it instead.", "warning")
            return
        self.app.copy_to_clipboard(copied)
        self.notice("Sent to the terminal's clipboard.", "done")
