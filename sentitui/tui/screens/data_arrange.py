"""Arranging: add, delete, copy, move; examples from the list, messages from the conversation."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from sentitui.dataset.edits import Delete, Duplicate, Move
from sentitui.tui import editing
from sentitui.tui.screens.data_edit import EditScreen


class ArrangeScreen(EditScreen):
    """Editing, and the order of things."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "insert", "Add", id="data.insert", tooltip="Add an example or a message after this one"),
        Binding(
            "d", "delete", "Delete", id="data.delete", tooltip="Delete the example or the message (u undoes)"
        ),
        Binding("D", "duplicate", "Duplicate", id="data.copy", tooltip="A copy of the example", show=False),
        Binding("t", "role", "Role", id="data.role", tooltip="The next role for this message", show=False),
        Binding(
            "J", "move(1)", "Move down", id="data.move-down", tooltip="Move it one place down", show=False
        ),
        Binding("K", "move(-1)", "Move up", id="data.move-up", tooltip="Move it one place up", show=False),
    ]

    def action_insert(self) -> None:
        """Adds an example after this one, or a message after the chosen one."""
        file, index = self.workspace.file, self.index
        if self.conversation.has_focus:
            message = self.conversation.selected
            if self.do(lambda: editing.add_message(file, index, message)):
                self.conversation.selected = message + 1
        elif self.do(lambda: editing.new_example(file, index)):
            self.jump(min(index + 1, len(file) - 1))

    def action_delete(self) -> None:
        """Deletes the example, or the chosen message."""
        file, index = self.workspace.file, self.index
        if self.conversation.has_focus:
            self.do(lambda: editing.delete_message(file, index, self.conversation.selected))
        elif len(file):
            self.do(lambda: Delete(index))

    def action_duplicate(self) -> None:
        """Puts a copy of the example after it."""
        if self.do(lambda: Duplicate(self.index)):
            self.jump(self.index + 1)

    def action_role(self) -> None:
        """Gives the chosen message the next role."""
        self.do(lambda: editing.next_role(self.workspace.file, self.index, self.conversation.selected))

    def action_move(self, step: int) -> None:
        """Moves the example, or the chosen message, by one place."""
        file, index = self.workspace.file, self.index
        if self.conversation.has_focus:
            message = self.conversation.selected
            to = message + step
            if 0 <= to < self.conversation.message_count and self.do(
                lambda: editing.move_message(file, index, message, to)
            ):
                self.conversation.selected = to
        elif 0 <= index + step < len(file) and self.do(lambda: Move(index, index + step)):
            self.jump(index + step)
