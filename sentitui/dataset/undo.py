"""Undo and redo: the states of a training file in the order in which the user made them.

A state is a tree of pieces, which shares nearly everything with its neighbours, so history has no limit.
Owns the order of states and which of them is on disk; makes none.
"""

from __future__ import annotations

from dataclasses import dataclass

from sentitui.dataset.edits import Edit
from sentitui.dataset.pieces import Node


@dataclass(frozen=True, slots=True)
class Step:
    """One edit as the user made it, with the states before and after it."""

    edit: Edit
    before: Node
    after: Node


class History:
    """Steps done and undone; `state` is the tree that is true now."""

    __slots__ = ("_done", "_undone", "saved", "state")

    def __init__(self, state: Node) -> None:
        self.state = state
        self.saved = state
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def next_undo(self) -> Step | None:
        """The step that undo would take back."""
        return self._done[-1] if self._done else None

    @property
    def next_redo(self) -> Step | None:
        """The step that redo would do again."""
        return self._undone[-1] if self._undone else None

    def push(self, edit: Edit, after: Node) -> None:
        """Makes `after` the state; what had been undone can no longer be redone."""
        self._done.append(Step(edit, self.state, after))
        self._undone.clear()
        self.state = after

    def undo(self) -> None:
        """Goes back one step; there must be one."""
        step = self._done.pop()
        self._undone.append(step)
        self.state = step.before

    def redo(self) -> None:
        """Goes forward one step; there must be one."""
        step = self._undone.pop()
        self._done.append(step)
        self.state = step.after
