"""Edits one text in place: a text area, and under it what the checker says while you type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import TextArea

from sentitui.dataset.diagnostics import Diagnostic
from sentitui.tui.escaping import escape, unescape
from sentitui.tui.widgets.status_line import StatusLine

_WRAPPED = 8_000
"""Characters of a line up to which it is wrapped; a wrapped line of 100 KB costs a second a key."""


class EditorArea(TextArea):
    """Textual's text area without its blinking cursor, and without its crash on undo."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(compact=True, id=id, show_line_numbers=False, highlight_cursor_line=False)
        self.cursor_blink = False

    def undo(self) -> None:
        """Takes back the last typing; a cursor left outside the text (Textual #6686) goes to its start."""
        try:
            super().undo()
        except ValueError:
            self.cursor_location = (0, 0)

    def load_text(self, text: str) -> None:
        """Takes another text, wrapped unless a line is so long that wrapping would be slow."""
        self.soft_wrap = max(map(len, text.split("\n"))) <= _WRAPPED
        super().load_text(text)


class MessageEditor(Vertical):
    """A text, edited in its escaped form; what was not touched is never written back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Keep", id="editor.keep", tooltip="Take the text over into the example"),
        Binding("escape", "drop", "Cancel", id="editor.cancel", tooltip="Leave the example as it was"),
    ]

    @dataclass
    class Kept(Message):
        """The text is to be taken over; `changed` is false when nothing was typed."""

        text: str
        changed: bool

    @dataclass
    class Dropped(Message):
        """The editor was left without taking anything over."""

    @dataclass
    class Typed(Message):
        """The text is another now."""

        text: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.title_row = StatusLine(id="editor-title")
        self.area = EditorArea(id="editor-area")
        self.status = StatusLine(id="editor-status")
        self._before = ""
        self._escapes = True
        self._warned = False

    def compose(self) -> ComposeResult:
        """Title, text area and status."""
        yield self.title_row
        yield self.area
        yield self.status

    def open(self, title: str, text: str, *, escapes: bool = True) -> None:
        """Starts editing a text; with `escapes` in its escaped form."""
        self.title_row.say(title)
        self._escapes, self._warned = escapes, False
        self._before = escape(text) if escapes else text
        self.area.load_text(self._before)
        self.area.move_cursor(self.area.document.end)
        self.status.say("", "info")
        self.screen.set_focus(self.area)

    @property
    def changed(self) -> bool:
        """Whether anything is different from what was opened."""
        return self.area.text != self._before

    @property
    def value(self) -> str:
        """The text as it would be taken over."""
        return unescape(self.area.text) if self._escapes else self.area.text

    def diagnose(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Says the worst of the diagnostics, and how many there are."""
        if not diagnostics:
            self.status.say("No problems", "done")
            return
        worst = min(diagnostics, key=lambda diagnostic: diagnostic.severity.rank)
        more = f"  (+{len(diagnostics) - 1})" if len(diagnostics) > 1 else ""
        self.status.say(f"{worst.code} {worst.message}{more}", worst.severity.value)

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._warned = False
        if self.changed:
            self.post_message(self.Typed(self.value))

    def action_keep(self) -> None:
        """Hands the text over."""
        self.post_message(self.Kept(self.value, self.changed))

    def action_drop(self) -> None:
        """Leaves; a text that was changed is dropped at the second press only."""
        if self.changed and not self._warned:
            self._warned = True
            self.status.say("Esc again drops what you typed, ctrl+s keeps it.", "warning")
            return
        self.post_message(self.Dropped())
