"""Browsing: the examples of the open file, and the one under the cursor as a conversation."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.timer import Timer

from sentitui import safe
from sentitui.dataset.diagnostics import Diagnostic, Severity
from sentitui.dataset.example import Example
from sentitui.errors import DatasetError
from sentitui.tui import checking
from sentitui.tui.screens.dialogs import LineDialog
from sentitui.tui.screens.place import Place
from sentitui.tui.widgets.conversation_view import ConversationView
from sentitui.tui.widgets.example_list import ExampleList
from sentitui.tui.widgets.line_list import LineList
from sentitui.tui.widgets.message_editor import MessageEditor
from sentitui.tui.widgets.status_line import StatusLine
from sentitui.tui.workspace import Workspace

_COUNTING = 0.25
"""Seconds between two looks at how many lines are known."""
_SHOWN = 200_000
"""Bytes of a line that is no example that are shown."""


class BrowseScreen(Place):
    """List and conversation."""

    name_of_mode = "data"
    title_of_place = "Data"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab", "other_pane", "Pane", id="data.pane", tooltip="Between list and conversation", show=False
        ),
        Binding("escape,h,left", "back", "List", id="data.back", tooltip="Back to the list"),
        Binding("l,right", "open", "Read", id="data.open", tooltip="Into the conversation", show=False),
        Binding(
            "colon", "go_to", "Go to", id="data.go-to", tooltip="Go to an example by its number", show=False
        ),
    ]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.examples = ExampleList(severity_of=self.severity_of, id="examples")
        self.heading = StatusLine(id="heading")
        self.conversation = ConversationView(id="conversation")
        self.editor = MessageEditor(id="editor")
        self.editor.display = False
        self._counting: Timer | None = None
        self._notice: tuple[str, str] | None = None

    def body(self) -> ComposeResult:
        """List and conversation, one above the other; side by side where there is room."""
        with Container(id="panes"):
            yield self.examples
            with Vertical(id="reading"):
                yield self.heading
                yield from self.reading()

    def reading(self) -> ComposeResult:
        """What lies under the heading."""
        yield self.conversation
        yield self.editor

    def on_mount(self) -> None:
        """Starts, in the order from this class to its subclasses (Textual itself would go the other way)."""
        self.start()

    def start(self) -> None:
        """Shows the open file."""
        self.show_whole_file()
        # Watched rather than told by message: list and conversation change in one frame.
        self.watch(self.examples, "cursor", self.cursor_moved, init=False)
        self.set_focus(self.examples)

    def show_whole_file(self) -> None:
        """Shows the open file from its start, and goes on counting its lines."""
        if self._counting is not None:
            self._counting.stop()
        self.examples.show(self.workspace.file, self.workspace.size)
        self._counting = self.set_interval(_COUNTING, self._count)
        self._count()
        self.show_example()

    @property
    def index(self) -> int:
        """The example under the cursor."""
        return self.examples.index

    def severity_of(self, index: int) -> Severity | None:
        """The worst that is known about an example."""
        return None

    def _count(self) -> None:
        if self.workspace.file.complete and self._counting is not None:
            self._counting.stop()
        self.examples.grew()
        self.show_file()

    @on(LineList.Chosen, "#examples")
    def _example_chosen(self) -> None:
        self.set_focus(self.conversation)

    def show_example(self, *, same: bool = False) -> None:
        """Shows the example under the cursor."""
        file, index = self.workspace.file, self.index
        if index >= len(file):
            self.heading.say("This file has no examples yet: o adds one.", "hint")
            self.conversation.show(Example({}))
            return
        try:
            example = file.example(index)
            problems = checking.by_message(self.diagnostics_of(index))
            self._say_example(index, problems.get(-1, []))
            self.conversation.show(example, problems, same=same)
        except DatasetError as error:
            self.heading.say(error.message, "error")
            raw = file.line(index, limit=_SHOWN).decode("utf-8", "replace")
            self.conversation.show_broken(safe.text(raw))

    def _say_example(self, index: int, problems: list[Diagnostic]) -> None:
        """The number, and what is wrong with the example as a whole."""
        if problems:
            more = f" (+{len(problems) - 1})" if len(problems) > 1 else ""
            words = f"Example {index + 1:,} · {problems[0].code} {problems[0].message}{more}"
            self.heading.say(words, problems[0].severity)
        elif self._notice:
            self.heading.say(*self._notice)
        else:
            self.heading.say(f"Example {index + 1:,}{self.measure_of(index)}")

    def measure_of(self, index: int) -> str:
        """What is added to the number of an example."""
        return ""

    def notice(self, words: str, kind: str) -> None:
        """Says something about the file that stays until the cursor moves."""
        self._notice = (words, kind)
        self.heading.say(words, kind)

    def diagnostics_of(self, index: int) -> list[Diagnostic]:
        """What is wrong with an example by itself."""
        return []

    def cursor_moved(self) -> None:
        """Shows the other example."""
        self.workspace.index = self.index
        self._notice = None
        self.show_example()

    def jump(self, index: int) -> None:
        """Puts the cursor on an example, in the middle of the list when it was out of sight."""
        line = self.examples.line_of(index)
        if line is None:
            self.examples.narrow(None)
            line = index
        self.examples.center(line)

    def action_other_pane(self) -> None:
        """Between list and conversation."""
        self.set_focus(self.conversation if self.examples.has_focus else self.examples)

    def action_back(self) -> None:
        """Back to the list."""
        self.set_focus(self.examples)

    def action_open(self) -> None:
        """Into the conversation."""
        self.set_focus(self.conversation)

    async def action_go_to(self) -> None:
        """Asks for a number and goes to that example."""
        await self.app.push_screen(LineDialog("Go to example", hint="Its number."), self._go_to)

    def _go_to(self, answer: str | None) -> None:
        if answer and answer.strip().replace(",", "").isdigit():
            self.jump(int(answer.replace(",", "")) - 1)
        elif answer:
            self.heading.say(f"{answer} is no number.", "warning")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The way back exists where there is one."""
        if action == "back":
            return not self.examples.has_focus
        return True
