"""A list of any length that draws only what is seen and keeps its own cursor.

Subclasses say how many lines there are and how one looks. Nothing is held per line, no key of a burst is
lost, and a step repaints two lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip


class LineList(ScrollView, can_focus=True):
    """A virtual list with a cursor; `line_count` and `draw_line` make it a particular one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", "Down", id="list.down", tooltip="The next line", show=False),
        Binding("up,k", "step(-1)", "Up", id="list.up", tooltip="The line before", show=False),
        Binding(
            "pagedown,ctrl+f", "page(1)", "Page down", id="list.page-down", tooltip="A page on", show=False
        ),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", id="list.page-up", tooltip="A page back", show=False),
        Binding(
            "ctrl+d", "page(0.5)", "Half page down", id="list.half-down", tooltip="Half a page on", show=False
        ),
        Binding(
            "ctrl+u", "page(-0.5)", "Half page up", id="list.half-up", tooltip="Half a page back", show=False
        ),
        Binding("home,g", "first", "First", id="list.first", tooltip="The first line", show=False),
        Binding("end,G", "last", "Last", id="list.last", tooltip="The last line that is known", show=False),
        Binding(
            "enter", "choose", "Open", id="list.choose", tooltip="Open the line under the cursor", show=False
        ),
    ]

    cursor: reactive[int] = reactive(0, repaint=False, init=False)

    @dataclass
    class Moved(Message):
        """The cursor came to another line."""

        list: LineList
        index: int

        @property
        def control(self) -> LineList:
            """The list that sent it."""
            return self.list

    @dataclass
    class Chosen(Message):
        """The line under the cursor was opened."""

        list: LineList
        index: int

        @property
        def control(self) -> LineList:
            """The list that sent it."""
            return self.list

    def line_count(self) -> int:
        """How many lines there are now."""
        return 0

    def draw_line(self, index: int, width: int, selected: bool) -> list[Segment]:
        """One line; what is missing of `width` is filled with blanks."""
        return []

    def component(self, name: str) -> Style:
        """The style of a component class."""
        return self.get_component_rich_style(name)

    def grew(self) -> None:
        """Takes over a new number of lines; call it at most a few times a second."""
        count = self.line_count()
        if self.virtual_size.height != count or self.virtual_size.width != self.size.width:
            self.virtual_size = Size(self.size.width, count)
        if self.cursor >= count:
            self.cursor = max(count - 1, 0)

    def reload(self) -> None:
        """Draws everything anew: other lines, or another look."""
        self.grew()
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Follows the width, and keeps the cursor in sight."""
        self.grew()
        self._reveal(self.cursor)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        index = y + self.scroll_offset.y
        width = self.size.width
        if not 0 <= index < self.line_count():
            return Strip.blank(width, self.rich_style)
        segments = self.draw_line(index, width, index == self.cursor)
        return Strip(segments).adjust_cell_length(width, self.rich_style).apply_offsets(0, index)

    def validate_cursor(self, cursor: int) -> int:
        """Keeps the cursor on a line."""
        return max(0, min(cursor, self.line_count() - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Repaints the two lines, or scrolls as little as needed."""
        self.refresh_line(old)
        self.refresh_line(new)
        self._reveal(new)
        self.post_message(self.Moved(self, new))

    def _reveal(self, index: int) -> None:
        top, height = round(self.scroll_target_y), self.size.height
        if height <= 0:
            return
        if index < top:
            self._scroll_top(index)
        elif index >= top + height:
            self._scroll_top(index - height + 1)

    def _scroll_top(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def center(self, index: int) -> None:
        """Puts the cursor on a line and the line in the middle, unless it is in sight already."""
        top, height = round(self.scroll_target_y), self.size.height
        self.cursor = index
        if not top <= index < top + height:
            self._scroll_top(max(index - height // 2, 0))

    def on_focus(self) -> None:
        """The cursor shows where the keys go."""
        self.refresh_line(self.cursor)

    def on_blur(self) -> None:
        """The cursor pales."""
        self.refresh_line(self.cursor)

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; a double click opens the line."""
        index = event.y + self.scroll_offset.y
        if 0 <= index < self.line_count():
            self.cursor = index
            if event.chain == 2:
                self.action_choose()

    def action_step(self, lines: int) -> None:
        """Moves the cursor by lines."""
        self.cursor += lines

    def action_page(self, pages: float) -> None:
        """Moves the view and the cursor by pages."""
        rows = int(pages * max(self.size.height - 1, 1)) or (1 if pages > 0 else -1)
        top = max(0, min(round(self.scroll_target_y) + rows, self.line_count() - self.size.height))
        self._scroll_top(top)
        self.cursor += rows

    def action_first(self) -> None:
        """Moves to the first line."""
        self.cursor = 0

    def action_last(self) -> None:
        """Moves to the last line that is known."""
        self.cursor = self.line_count() - 1

    def action_choose(self) -> None:
        """Opens the line under the cursor."""
        if self.line_count():
            self.post_message(self.Chosen(self, self.cursor))
