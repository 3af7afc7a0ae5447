"""One row that says what is going on: a calm sentence, with its severity as colour and sign."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from sentitui import safe
from sentitui.tui.text import cells, clip

_SIGNS = {"error": "✗ ", "warning": "! ", "hint": "· ", "done": "✓ ", "info": ""}


class StatusLine(Widget):
    """Words on the left, a place or a count on the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"status--{kind}" for kind in _SIGNS} | {"status--right"}

    words: reactive[str] = reactive("")
    kind: reactive[str] = reactive("info")
    right: reactive[str] = reactive("")

    def say(self, words: str, kind: str = "info") -> None:
        """Says one sentence; it is made safe here."""
        self.words = safe.line(words)
        self.kind = kind

    def render_line(self, y: int) -> Strip:
        """The sentence, clipped so that the right side always fits."""
        width = self.size.width
        right = f" {clip(safe.line(self.right), width // 2)} " if self.right else ""
        words = clip(f" {_SIGNS[self.kind]}{self.words}", max(width - cells(right) - 1, 0))
        gap = max(width - cells(words) - cells(right), 0)
        return Strip(
            [
                Segment(words, self.get_component_rich_style(f"status--{self.kind}")),
                Segment(" " * gap, self.rich_style),
                Segment(right, self.get_component_rich_style("status--right")),
            ]
        ).adjust_cell_length(width, self.rich_style)
