"""Editing: messages and examples, in place, undoable; every edit is in the journal before it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from sentitui.dataset.edits import Edit, singles
from sentitui.errors import DatasetError
from sentitui.tui import editing
from sentitui.tui.screens.data_search import SearchScreen
from sentitui.tui.widgets.conversation_view import ConversationView
from sentitui.tui.widgets.message_editor import MessageEditor

_IN_CONVERSATION = {"role", "move_message"}
_EDITS = {"edit", "edit_raw", "insert", "delete", "duplicate", "undo", "redo", *_IN_CONVERSATION}


class EditScreen(SearchScreen):
    """Searching and editing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", id="data.edit", tooltip="Edit the message; from the list, the answer"),
        Binding(
            "r",
            "edit_raw",
            "Raw",
            id="data.raw",
            tooltip="Edit the line as it stands in the file",
            show=False,
        ),
        Binding("u", "undo", "Undo", id="data.undo", tooltip="Take the last edit back"),
        Binding("ctrl+r", "redo", "Redo", id="data.redo", tooltip="Do again what was taken back", show=False),
    ]

    _editing: int | None = None
    """The message that is being edited; -1 is the raw line."""
    _from_list = True

    @property
    def is_editing(self) -> bool:
        """Whether the editor is open."""
        return self._editing is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what would do something here."""
        if self.is_editing:
            return action not in _EDITS and action not in (
                "back",
                "search",
                "again",
                "go_to",
                "open",
                "other_pane",
            )
        if action == "undo":
            return self.workspace.file.can_undo
        if action == "redo":
            return self.workspace.file.can_redo
        if action == "role":
            return self.conversation.has_focus
        return super().check_action(action, parameters)

    def action_edit(self) -> None:
        """Edits the chosen message; seen from the list that is the answer."""
        try:
            example = self.workspace.file.example(self.index)
        except DatasetError:
            self.action_edit_raw()
            return
        message = self.conversation.selected
        if not message < len(example.messages):
            self.action_edit_raw()
            return
        role = example.messages[message].role or "no role"
        self._open(message, f"Message {message + 1}, {role}", example.messages[message].text)

    def action_edit_raw(self) -> None:
        """Edits the line as it stands in the file."""
        text = self.workspace.file.line(self.index).decode("utf-8", "surrogateescape")
        if any(not c.isprintable() for c in text):
            self.heading.say(
                "This line holds characters that an editor would change: edit its messages.", "warning"
            )
            return
        self._open(-1, "The line as it stands in the file", text)

    def _open(self, message: int, title: str, text: str) -> None:
        try:
            self.workspace.file.require_writable()
        except DatasetError as error:
            self.heading.say(f"{error.message} {error.hint}", "error")
            return
        self._editing = message
        self._from_list = self.examples.has_focus
        self.editor.display = True
        self.editor.open(title, text, escapes=message >= 0)
        self.refresh_bindings()

    def _close(self) -> None:
        self._editing = None
        self.editor.display = False
        self.set_focus(self.examples if self._from_list else self.conversation)
        self.refresh_bindings()

    def candidate(self, text: str) -> Edit:
        """The edit that would take the editor's text over; DatasetError when it cannot be made."""
        file, index, message = self.workspace.file, self.index, self._editing
        if message is None or message < 0:
            return editing.set_raw(index, text)
        return editing.set_content(file, index, message, text)

    @on(MessageEditor.Kept)
    def _keep(self, event: MessageEditor.Kept) -> None:
        if event.changed and not self.do(lambda: self.candidate(event.text)):
            return
        self._close()
        self.show_example(same=True)

    @on(MessageEditor.Dropped)
    def _drop(self) -> None:
        self._close()
        self.show_example(same=True)

    def keep_typed(self) -> None:
        """Takes over what is being typed, because the program ends; what cannot be taken over is lost."""
        if self.is_editing and self.editor.changed:
            self.do(lambda: self.candidate(self.editor.value))

    @on(ConversationView.Opened)
    def _open_card(self) -> None:
        self.action_edit()

    def do(self, make: Callable[[], Edit]) -> bool:
        """Makes an edit and applies it; what is wrong is said, and False returned."""
        try:
            edit = make()
            self.workspace.file.apply(edit)
        except DatasetError as error:
            (self.editor.status if self.is_editing else self.heading).say(
                f"{error.message} {error.hint}", "error"
            )
            return False
        self.show_edits(edit)
        return True

    def show_edits(self, edit: Edit) -> None:
        """Shows the file after an edit was applied, taken back or done again."""
        self.examples.reload()
        places = [getattr(single, "index", 0) for single in singles(edit)]
        if places and self.index not in places:
            self.jump(min(places[0], len(self.workspace.file) - 1))
        self.show_file()
        self.show_example(same=True)
        self.refresh_bindings()

    def action_undo(self) -> None:
        """Takes the last edit back."""
        self._travel(self.workspace.file.undo)

    def action_redo(self) -> None:
        """Does again what was taken back."""
        self._travel(self.workspace.file.redo)

    def _travel(self, step: Callable[[], Edit | None]) -> None:
        try:
            edit = step()
        except DatasetError as error:
            self.heading.say(error.message, "error")
            return
        if edit is not None:
            self.show_edits(edit)
