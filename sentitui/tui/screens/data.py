"""The Data place: the examples of the open file, and the one under the cursor as a conversation."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.timer import Timer

from sentitui import safe
from sentitui.dataset.diagnostics import Severity
from sentitui.errors import DatasetError
from sentitui.tui.screens.place import Place
from sentitui.tui.widgets.conversation_view import ConversationView
from sentitui.tui.widgets.example_list import ExampleList
from sentitui.tui.widgets.line_list import LineList
from sentitui.tui.widgets.status_line import StatusLine

_COUNTING = 0.25
"""Seconds between two looks at how many lines are known."""


class DataScreen(Place):
    """Browse and edit the training file."""

    name_of_mode = "data"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab",
            "other_pane",
            "Other pane",
            id="data.pane",
            tooltip="Between list and conversation",
            show=False,
        ),
        Binding("escape", "back", "Back", id="data.back", tooltip="Back to the list", show=False),
    ]

    _counting: Timer | None = None

    def body(self) -> ComposeResult:
        """List and conversation, one above the other; side by side where there is room."""
        with Container(id="panes"):
            yield ExampleList(severity_of=self._severity, id="examples")
            with Vertical(id="reading"):
                yield StatusLine(id="heading")
                yield ConversationView(id="conversation")

    def on_mount(self) -> None:
        """Shows the open file."""
        self.examples.show(self.workspace.file)
        self._counting = self.set_interval(_COUNTING, self._count)
        self._count()
        self.show_file()
        self.show_example()
        # Watched rather than told by message: list and conversation change in one frame.
        self.watch(self.examples, "cursor", self._cursor_moved, init=False)
        self.examples.focus()

    def _cursor_moved(self) -> None:
        self.show_example()

    @property
    def examples(self) -> ExampleList:
        """The list."""
        return self.query_one("#examples", ExampleList)

    @property
    def conversation(self) -> ConversationView:
        """The cards."""
        return self.query_one("#conversation", ConversationView)

    @property
    def heading(self) -> StatusLine:
        """The row between list and conversation."""
        return self.query_one("#heading", StatusLine)

    def _severity(self, index: int) -> Severity | None:
        return None

    def _count(self) -> None:
        file = self.workspace.file
        if self._counting is None:
            return
        if file.complete:
            self._counting.stop()
        self.examples.grew()
        self.show_file()

    @on(LineList.Chosen, "#examples")
    def _example_chosen(self) -> None:
        self.conversation.focus()

    def show_example(self, *, same: bool = False) -> None:
        """Shows the example under the cursor."""
        file, index = self.workspace.file, self.examples.cursor
        if index >= len(file):
            return
        try:
            example = file.example(index)
        except DatasetError as error:
            self.heading.say(error.message, "error")
            self.conversation.show_broken(
                safe.text(file.line(index, limit=100_000).decode("utf-8", "replace"))
            )
            return
        self.heading.say(f"Example {index + 1:,}")
        self.conversation.show(example, same=same)

    def action_other_pane(self) -> None:
        """Between list and conversation."""
        (self.conversation if self.examples.has_focus else self.examples).focus()

    def action_back(self) -> None:
        """Back to the list."""
        self.examples.focus()
