"""Checking: what is wrong with this example, with what is being typed, and with the whole file."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer

from sentitui.dataset.diagnostics import Diagnostic, Severity
from sentitui.dataset.edits import Edit, Replace
from sentitui.errors import DatasetError
from sentitui.tui import checking
from sentitui.tui.checking import Findings
from sentitui.tui.screens.data_arrange import ArrangeScreen
from sentitui.tui.widgets.message_editor import MessageEditor
from sentitui.tui.widgets.problem_list import ProblemList
from sentitui.tui.workspace import Workspace

if TYPE_CHECKING:
    from sentitui.dataset.tokens import Counter

_TYPING = 0.15
"""Seconds without a key before what is typed is checked."""
_SETTLED = 1.0
"""Seconds without an edit before the whole file is checked again."""


class CheckScreen(ArrangeScreen):
    """Editing with diagnostics."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "check", "Check", id="data.check", tooltip="Check the whole file now", show=False),
    ]  # fmt: skip

    @dataclass
    class Checked(Message):
        """The whole file was checked, or could not be."""

        findings: Findings
        problem: str = ""

    @dataclass
    class Diagnosed(Message):
        """What is being typed was checked."""

        text: str
        diagnostics: list[Diagnostic]

    @dataclass
    class RulesLoaded(Message):
        """Examples can be checked from now on."""

    @dataclass
    class Progressed(Message):
        """A part of a large file has been checked."""

        percent: int

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.problems = ProblemList(id="problems")
        self.problems.display = False
        self.findings = Findings()
        self.rules_loaded = False
        self._counter: Counter | None = None
        self._settled: Timer | None = None
        self._typing: Timer | None = None

    def start(self) -> None:
        """The rules are loaded when the first screen stands."""
        super().start()
        self.call_after_refresh(self._load_rules)

    @work(exclusive=True, group="rules", exit_on_error=False)
    async def _load_rules(self) -> None:
        self._counter = await asyncio.to_thread(checking.load, self.workspace.profile)
        self.post_message(self.RulesLoaded())

    @on(RulesLoaded)
    def _show_checked(self) -> None:
        self.rules_loaded = True
        self.show_example(same=True)

    def show_whole_file(self) -> None:
        """A file that is not huge is checked by itself."""
        super().show_whole_file()
        self.findings = Findings()
        self._check_soon()

    def severity_of(self, index: int) -> Severity | None:
        """The worst of an example in the last check."""
        return self.findings.worst.get(index)

    def show_edits(self, edit: Edit) -> None:
        """The whole file is checked again when the edits have settled."""
        super().show_edits(edit)
        self._check_soon()

    def _check_soon(self) -> None:
        if self._settled is not None:
            self._settled.stop()
        if self.workspace.size <= checking.AUTOMATIC:
            self._settled = self.set_timer(_SETTLED, self.action_check)

    def diagnostics_of(self, index: int) -> list[Diagnostic]:
        """What is wrong with one example by itself."""
        if not self.rules_loaded:
            return []
        return checking.check_line(self.workspace.file.line(index), self.workspace.profile)

    def measure_of(self, index: int) -> str:
        """The tokens of an example, and how many of them are learned."""
        if self._counter is None:
            return ""
        count = checking.count_line(self.workspace.file.line(index), self._counter)
        if count is None:
            return ""
        about = "" if count.exact else "about "
        return f" · {about}{count.total:,} tokens, {count.trained:,} learned"

    def action_check(self) -> None:
        """Checks the whole file."""
        self._check()

    @work(exclusive=True, group="check", exit_on_error=False)
    async def _check(self) -> None:
        file, profile, told = self.workspace.file, self.workspace.profile, -1

        def progress(done: int, total: int) -> None:
            nonlocal told
            percent = 100 * done // max(total, 1)
            if percent >= told + 10 and total > checking.AUTOMATIC:
                told = percent
                self.post_message(self.Progressed(percent))

        try:
            found = await asyncio.to_thread(checking.check, file, profile, progress)
        except DatasetError as error:
            self.post_message(self.Checked(Findings(), error.message))
            return
        self.post_message(self.Checked(found))

    @on(Progressed)
    def _show_progress(self, event: Progressed) -> None:
        self.heading.right = f"checking {event.percent} %"

    @on(Checked)
    def _show_findings(self, event: Checked) -> None:
        before, self.findings = self.findings.worst, event.findings
        self.heading.right = event.problem or event.findings.summary
        self.problems.show(event.findings.diagnostics)
        if before != event.findings.worst:
            self.examples.refresh()

    @on(MessageEditor.Typed)
    def _typed(self, event: MessageEditor.Typed) -> None:
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(_TYPING, lambda: self._diagnose(event.text))

    @work(exclusive=True, group="diagnose", exit_on_error=False)
    async def _diagnose(self, text: str) -> None:
        try:
            edit = self.candidate(text)
        except DatasetError:
            return
        if isinstance(edit, Replace):
            found = await asyncio.to_thread(checking.check_line, edit.line, self.workspace.profile)
            self.post_message(self.Diagnosed(text, found))

    @on(Diagnosed)
    def _show_typed(self, event: Diagnosed) -> None:
        if self.is_editing and event.text == self.editor.value:
            self.editor.diagnose(event.diagnostics)
