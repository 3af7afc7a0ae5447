"""The problems of the whole file, grouped by rule, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style

from sentitui import safe
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.tui.text import clip, pad, pad_left
from sentitui.tui.widgets.conversation_layout import SIGNS
from sentitui.tui.widgets.line_list import LineList


class ProblemList(LineList):
    """A line per diagnostic: `✗ S007 line 12  the role "usr" is none of …`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "problem--error",
        "problem--warning",
        "problem--hint",
        "problem--text",
        "problem--cursor",
        "problem--place",
    }

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.diagnostics: Sequence[Diagnostic] = ()

    def show(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Shows other diagnostics; the cursor stays where it was."""
        self.diagnostics = diagnostics
        self.reload()

    def line_count(self) -> int:
        """The diagnostics."""
        return len(self.diagnostics)

    def draw_line(self, index: int, width: int, selected: bool) -> list[Segment]:
        """Sign, rule, place, words; rule and sign only where a group begins."""
        diagnostic = self.diagnostics[index]
        first = index == 0 or self.diagnostics[index - 1].code != diagnostic.code
        head = f"{SIGNS[diagnostic.severity]} {diagnostic.code}" if first else ""
        place = f"line {diagnostic.location.line:,}" if diagnostic.location.line else "file"
        words = f"{safe.line(diagnostic.message)}  {safe.line(diagnostic.location.path)}"
        lead = self._style("cursor") if selected else self._style(diagnostic.severity)
        return [
            Segment(f"{'▌' if selected else ' '}{pad(head, 7)}", lead),
            Segment(f"{pad_left(place, 12)}  ", self._style("place")),
            Segment(clip(words, max(width - 23, 1)), self._style("text")),
        ]

    def _style(self, name: str) -> Style:
        return self.component(f"problem--{name}")
