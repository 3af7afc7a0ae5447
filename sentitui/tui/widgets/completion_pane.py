"""What one contender says: the tally of its answers as bars, then the answers, while they stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from sentitui import safe
from sentitui.tui.play_state import PaneRow
from sentitui.tui.text import cells, clip


class PaneHead(Widget):
    """One row: the contender's name and which model answers."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"head--base", "head--tuned", "head--model"}

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name, self._model = name, ""

    def show(self, model: str) -> None:
        """Shows which model answers."""
        self._model = model
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """` base  smollm2-135m-instruct`."""
        width = self.size.width
        name = f" {self._name} "
        model = clip(safe.line(self._model), max(width - cells(name) - 2, 1))
        return Strip(
            [
                Segment(name, self.get_component_rich_style(f"head--{self._name}")),
                Segment(f" {model}", self.get_component_rich_style("head--model")),
            ]
        ).adjust_cell_length(width, self.rich_style)


class CompletionPane(ScrollView, can_focus=True):
    """The rows of one contender; draws what is seen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "pane--best",
        "pane--bar",
        "pane--note",
        "pane--answer",
        "pane--failed",
        "pane--empty",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "rows(1)", "Down", id="pane.down", tooltip="Scroll down", show=False),
        Binding("up,k", "rows(-1)", "Up", id="pane.up", tooltip="Scroll up", show=False),
        Binding(
            "pagedown,ctrl+d", "rows(10)", "Page down", id="pane.page-down", tooltip="Page down", show=False
        ),
        Binding("pageup,ctrl+u", "rows(-10)", "Page up", id="pane.page-up", tooltip="Page up", show=False),
    ]

    def __init__(self, empty: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._empty = empty
        self._rows: list[PaneRow] = []

    def show(self, rows: Sequence[PaneRow]) -> None:
        """Shows other rows; only lines that differ are sent."""
        self._rows = list(rows)
        self.virtual_size = Size(self.size.width, len(self._rows))
        self.refresh()

    def say(self, empty: str) -> None:
        """What stands here when there are no rows."""
        self._empty = empty
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        width = self.size.width
        at = y + self.scroll_offset.y
        if not self._rows and y == 0:
            text = [Segment(f" {clip(self._empty, width - 2)}", self.get_component_rich_style("pane--empty"))]
            return Strip(text).adjust_cell_length(width, self.rich_style)
        if at >= len(self._rows) or self._rows[at].kind == "gap":
            return Strip.blank(width, self.rich_style)
        row = self._rows[at]
        style = self.get_component_rich_style(f"pane--{row.kind}")
        return Strip([Segment(f" {row.text}", style)]).adjust_cell_length(width, self.rich_style)

    def action_rows(self, rows: int) -> None:
        """Scrolls."""
        self.scroll_to(y=round(self.scroll_target_y) + rows, animate=False, immediate=True)
