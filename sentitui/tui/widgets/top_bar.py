"""The first row of every place: the app's name, the three places, and what is open."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from sentitui.tui.text import cells, clip

PLACES = (("data", "1", "Data"), ("jobs", "2", "Jobs"), ("playground", "3", "Playground"))
"""Mode, key and name of each place."""

_NAME = " sentitui "


class TopBar(Widget):
    """Shows where you are; a click on a place goes there."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "bar--name",
        "bar--place",
        "bar--here",
        "bar--info",
        "bar--alert",
    }

    info: reactive[str] = reactive("")
    alert: reactive[str] = reactive("")

    def __init__(self, here: str) -> None:
        super().__init__()
        self._here = here

    def render_line(self, y: int) -> Strip:
        """Name and places on the left, what is open on the right."""
        width = self.size.width
        segments = [Segment(_NAME, self.get_component_rich_style("bar--name"))]
        for mode, key, name in PLACES:
            style = "bar--here" if mode == self._here else "bar--place"
            segments.append(Segment(f" {key} {name} ", self.get_component_rich_style(style)))
        used = sum(cells(segment.text) for segment in segments)
        room = max(width - used - 4, 0)
        alert = f"● {self.alert} " if self.alert else ""
        if cells(alert) + cells(self.info) > room:
            alert = "● " if self.alert else ""
        info = f" {clip(self.info, max(room - cells(alert), 0))} "
        gap = max(width - used - cells(info) - cells(alert), 0)
        segments += [
            Segment(" " * gap, self.rich_style),
            Segment(alert, self.get_component_rich_style("bar--alert")),
            Segment(info, self.get_component_rich_style("bar--info")),
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    async def on_click(self, event: events.Click) -> None:
        """Goes to the place under the mouse."""
        end = len(_NAME)
        for mode, key, name in PLACES:
            start, end = end, end + len(f" {key} {name} ")
            if start <= event.x < end:
                await self.run_action(f"app.go('{mode}')")
