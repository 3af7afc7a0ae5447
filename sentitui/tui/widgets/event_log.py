"""The events of a job, oldest first; stays at the end while the cursor is there."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment

from sentitui import safe
from sentitui.tui.text import clip
from sentitui.tui.widgets.line_list import LineList
from sentitui.tuning.jobs import JobEvent


class EventLog(LineList):
    """A virtual list over the events."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "event--time",
        "event--info",
        "event--warn",
        "event--error",
        "event--cursor",
        "event--metrics",
    }

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._events: Sequence[JobEvent] = ()

    def show(self, events: Sequence[JobEvent]) -> None:
        """Shows another job's events, from the newest."""
        self._events = events
        self.reload()
        self.set_reactive(EventLog.cursor, max(len(events) - 1, 0))
        self._reveal(self.cursor)

    def more(self) -> None:
        """The events have become more."""
        at_end = self.cursor >= self.virtual_size.height - 1
        self.grew()
        if at_end:
            self.cursor = self.line_count() - 1
        self.refresh()

    def line_count(self) -> int:
        """The events."""
        return len(self._events)

    def draw_line(self, index: int, width: int, selected: bool) -> list[Segment]:
        """`12:31:07  Step 12/60: training loss=0.42`."""
        event = self._events[index]
        clock = time.strftime("%H:%M:%S", time.localtime(event.created_at))
        marked = selected and self.has_focus
        kind = event.level if event.level in ("warn", "error") else "info"
        kind = "metrics" if event.type == "metrics" and kind == "info" else kind
        return [
            Segment(
                f"{'▌' if selected else ' '}{clock} ",
                self.component(f"event--{'cursor' if marked else 'time'}"),
            ),
            Segment(f" {clip(safe.line(event.message), width - 12)}", self.component(f"event--{kind}")),
        ]
