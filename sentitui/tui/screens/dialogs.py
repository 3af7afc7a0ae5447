"""Small questions over a place: choose one of a few, or type one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from sentitui import safe
from sentitui.tui.widgets.line_input import LineInput


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its letter, its words, the value that is returned."""

    key: str
    words: str
    value: str


class ChoiceDialog(ModalScreen[str | None]):
    """Asks for one of a few answers; escape gives none (None). The first one is the harmless default."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="dialog.cancel", tooltip="Decide nothing"),
        Binding(
            "left,up,shift+tab",
            "app.focus_previous",
            "Before",
            id="dialog.before",
            tooltip="Before",
            show=False,
        ),
        Binding("right,down", "app.focus_next", "Next", id="dialog.next", tooltip="Next", show=False),
    ]

    def __init__(self, title: str, text: str, choices: tuple[Choice, ...]) -> None:
        super().__init__()
        self._title, self._text, self._choices = title, text, choices

    def compose(self) -> ComposeResult:
        """Title, text, buttons."""
        with Vertical(classes="dialog"):
            yield Static(Content(safe.line(self._title)), classes="dialog--title")
            yield Static(Content(safe.text(self._text)), classes="dialog--text")
            with Horizontal(classes="dialog--buttons"):
                for choice in self._choices:
                    button = Button(Content(f"{choice.words} {choice.key}"), id=f"choice-{choice.value}")
                    yield button

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss((event.button.id or "").removeprefix("choice-"))

    def on_key(self, event: events.Key) -> None:
        """A choice's own letter takes it."""
        for choice in self._choices:
            if event.character == choice.key:
                event.stop()
                self.dismiss(choice.value)

    def action_leave(self) -> None:
        """Decides nothing."""
        self.dismiss(None)


class LineDialog(ModalScreen[str | None]):
    """Asks for one line of text; escape gives none (None)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="line.cancel", tooltip="Leave without an answer"),
    ]

    def __init__(self, title: str, *, value: str = "", hint: str = "") -> None:
        super().__init__()
        self._title, self._value, self._hint = title, value, hint

    def compose(self) -> ComposeResult:
        """Title, input, hint."""
        with Vertical(classes="dialog"):
            yield Static(Content(safe.line(self._title)), classes="dialog--title")
            yield LineInput(self._value, id="answer")
            yield Static(Content(safe.text(self._hint)), classes="dialog--hint")

    def on_mount(self) -> None:
        """Keys go into the line from the first one on."""
        self.set_focus(self.query_one("#answer"))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)

    def action_leave(self) -> None:
        """Leaves without an answer."""
        self.dismiss(None)
