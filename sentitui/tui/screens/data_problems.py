"""The problems of the whole file: listed in the place of the conversation, each leading to where it is."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from sentitui.tui import checking
from sentitui.tui.screens.data_check import CheckScreen
from sentitui.tui.widgets.line_list import LineList


class ProblemsScreen(CheckScreen):
    """Checking, and the list of what was found."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "problems", "Problems", id="data.problems", tooltip="Everything wrong with the file"),
        Binding("right_square_bracket", "problem(1)", "Next problem", id="data.next-problem",
                tooltip="The next example with a problem", show=False),
        Binding("left_square_bracket", "problem(-1)", "Problem before", id="data.problem-before",
                tooltip="The example with a problem before this one", show=False),
    ]  # fmt: skip

    def reading(self) -> ComposeResult:
        """The problems share the place of the conversation."""
        yield from super().reading()
        yield self.problems

    def action_problems(self) -> None:
        """Shows the problems of the file, or goes back to reading."""
        is_open = not self.problems.display
        self.problems.display = is_open
        self.conversation.display = not is_open
        self.set_focus(self.problems if is_open else self.examples)
        if is_open and not self.findings.diagnostics:
            self.heading.say("No problems are known; c checks the file.", "hint")

    def action_back(self) -> None:
        """Back to the list; closes the problems."""
        if self.problems.display:
            self.action_problems()
        super().action_back()

    @on(LineList.Moved, "#problems")
    def _follow_problem(self) -> None:
        line = self._problem_line()
        if line is not None:
            self.jump(line)

    @on(LineList.Chosen, "#problems")
    def _open_problem(self) -> None:
        diagnostic = self.problems.diagnostics[self.problems.cursor]
        line = self._problem_line()
        self.action_problems()
        if line is not None:
            self.jump(line)
            self.set_focus(self.conversation)
            self.conversation.selected = max(checking.message_of(diagnostic.location.path), 0)

    def _problem_line(self) -> int | None:
        if not self.problems.diagnostics:
            return None
        line = self.problems.diagnostics[self.problems.cursor].location.line
        return None if line is None else line - 1

    def action_problem(self, step: int) -> None:
        """Goes to the next example with a problem, or the one before."""
        places = sorted(self.findings.worst, reverse=step < 0)
        beyond = [at for at in places if (at > self.index if step > 0 else at < self.index)]
        if beyond or places:
            self.jump((beyond or places)[0])
        else:
            self.heading.say("No problems are known; c checks the file.", "hint")
