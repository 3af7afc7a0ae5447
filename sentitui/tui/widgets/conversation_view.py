"""One example as a conversation: a card per message, one of them selected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
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

from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.example import Example
from sentitui.tui.text import clip, wrap
from sentitui.tui.widgets.conversation_layout import Row, cards, layout, rows_of

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_KIN = {"developer": "system", "function": "tool"}


class ConversationView(ScrollView, can_focus=True):
    """The cards of an example; up and down go from message to message."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"card--{role}" for role in ("system", "user", "assistant", "tool", "other")),
        *(f"card--{role}-chip" for role in ("system", "user", "assistant", "tool", "other")),
        "card--text",
        "card--note",
        "card--broken",
        "card--error",
        "card--warning",
        "card--hint",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down,j", "select(1)", "Next message", id="card.next", tooltip="The next message", show=False
        ),
        Binding(
            "up,k",
            "select(-1)",
            "Message before",
            id="card.previous",
            tooltip="The message before",
            show=False,
        ),
        Binding("g,home", "select(-9999)", "First", id="card.first", tooltip="The first message", show=False),
        Binding("G,end", "select(9999)", "Last", id="card.last", tooltip="The last message", show=False),
        Binding(
            "z", "unfold", "Unfold", id="card.unfold", tooltip="Show the whole of a long message", show=False
        ),
        Binding(
            "ctrl+d,pagedown", "rows(1)", "Page down", id="card.page-down", tooltip="A page on", show=False
        ),
        Binding("ctrl+u,pageup", "rows(-1)", "Page up", id="card.page-up", tooltip="A page back", show=False),
    ]

    selected: reactive[int] = reactive(0, repaint=False, init=False)

    @dataclass
    class Opened(Message):
        """A message was double clicked."""

        index: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._example: Example | None = None
        self._problems: Mapping[int, Sequence[Diagnostic]] = {}
        self._broken = ""
        self._rows: list[Row] = []
        self._unfolded: frozenset[int] = frozenset()

    def show(
        self,
        example: Example,
        problems: Mapping[int, Sequence[Diagnostic]] = MappingProxyType({}),
        *,
        same: bool = False,
    ) -> None:
        """Shows an example, its problems by message; `same` keeps the place, after an edit of it."""
        self._example, self._problems, self._broken = example, problems, ""
        if not same:
            self._unfolded = frozenset()
            self.set_reactive(ConversationView.selected, self._first_choice())
            self.scroll_to(y=0, animate=False, immediate=True)
        self._lay_out()

    def show_broken(self, text: str) -> None:
        """Shows a line that is no example, as text; the caller made it safe."""
        self._example, self._broken = None, text
        self.scroll_to(y=0, animate=False, immediate=True)
        self._lay_out()

    def _first_choice(self) -> int:
        """The message that people edit most: the last one, where the answer is."""
        return max(self.message_count - 1, 0)

    @property
    def message_count(self) -> int:
        """How many cards there are."""
        return len(cards(self._example)) if self._example else 0

    def _lay_out(self) -> None:
        width = max(self.size.width - 4, 10)
        if self._example is not None:
            self._rows = layout(self._example, width, self._unfolded, self._problems)
        else:
            self._rows = [Row(0, "", "broken", row) for row in wrap(self._broken, width)[:500]]
        self.selected = min(self.selected, max(self.message_count - 1, 0))
        self.virtual_size = Size(self.size.width, len(self._rows))
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Wraps to the new width."""
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        width = self.size.width
        at = y + self.scroll_offset.y
        if not 0 <= at < len(self._rows):
            return Strip.blank(width, self.rich_style)
        segments = self._draw(self._rows[at], width)
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _draw(self, row: Row, width: int) -> list[Segment]:
        if row.kind == "gap":
            return []
        role = _KIN.get(row.role, row.role)
        role = role if role in ("system", "user", "assistant", "tool") else "other"
        chosen = self.has_focus and row.message == self.selected
        bar = self.get_component_rich_style(f"card--{role}")
        lead = Segment(" ▌" if chosen else " ▏", bar)
        if row.kind == "head":
            head = self.get_component_rich_style(f"card--{role}-chip") if chosen else bar
            note = f"  {row.note}" if row.note else ""
            return [lead, Segment(f" {clip(row.text, 24)} ", head), Segment(note, self._style("card--note"))]
        kind = {"more": "note", "tool": role}.get(row.kind, row.kind)
        return [lead, Segment(f" {row.text}", self._style(f"card--{kind}"))]

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name)

    def watch_selected(self, old: int, new: int) -> None:
        """Repaints two cards and brings the new one into sight."""
        for message in (old, new):
            first, last = rows_of(self._rows, message)
            self.refresh_lines(first, last - first + 1)
        self._reveal(new)

    def _reveal(self, message: int) -> None:
        first, last = rows_of(self._rows, message)
        top, height = round(self.scroll_target_y), self.size.height
        if first < top or last - first >= height:
            self.scroll_to(y=first, animate=False, immediate=True)
        elif last >= top + height:
            self.scroll_to(y=last - height + 1, animate=False, immediate=True)

    def on_focus(self) -> None:
        """The selected card is marked while the keys go here."""
        self.refresh()
        self._reveal(self.selected)

    def on_blur(self) -> None:
        """No card is marked while the keys go elsewhere."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click selects a card; a double click opens it."""
        at = event.y + self.scroll_offset.y
        if 0 <= at < len(self._rows):
            self.selected = self._rows[at].message
            if event.chain == 2:
                self.post_message(self.Opened(self.selected))

    def action_select(self, step: int) -> None:
        """Moves from message to message."""
        self.selected = max(0, min(self.selected + step, self.message_count - 1))

    def action_rows(self, pages: int) -> None:
        """Scrolls without changing the selected message."""
        top = round(self.scroll_target_y) + pages * max(self.size.height - 2, 1)
        self.scroll_to(y=top, animate=False, immediate=True)

    def action_unfold(self) -> None:
        """Shows the whole of a long message, or folds it again."""
        self._unfolded = self._unfolded ^ {self.selected}
        self._lay_out()
