"""The loss of a job as a curve over its steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from sentitui.tui.charts import Chart, curve, number, smoothed
from sentitui.tui.text import pad, pad_left

_AXIS = 7
"""Cells of the axis labels."""


class LossChart(Widget):
    """Draws as large as it is; redrawn only when there are other values."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"chart--curve", "chart--axis", "chart--title"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._values: list[float] = []
        self._total = 0
        self._chart: Chart | None = None

    def show(self, values: Sequence[float], total: int) -> None:
        """Shows other values, one a step, of `total` that are to come (0: unknown)."""
        if list(values) != self._values or total != self._total:
            self._values, self._total = list(values), total
            self._chart = None
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """A title row, then the curve with its greatest and least value at the axis."""
        width, height = self.size
        if y == 0:
            return self._title(width)
        plot = max(width - _AXIS - 3, 1)
        chart = self._drawn(plot, height - 1)
        label = chart.top if y == 1 else chart.bottom if y == height - 1 else ""
        row = chart.rows[y - 1] if y - 1 < len(chart.rows) else ""
        return Strip(
            [
                Segment(f"{pad_left(label, _AXIS)} │", self.get_component_rich_style("chart--axis")),
                Segment(pad(row, plot), self.get_component_rich_style("chart--curve")),
            ]
        ).adjust_cell_length(width, self.rich_style)

    def _drawn(self, width: int, height: int) -> Chart:
        """The curve, drawn once for all its rows."""
        if (
            self._chart is None
            or len(self._chart.rows) != height
            or len(self._chart.rows[0]) not in (0, width)
        ):
            self._chart = curve(self._values, width, height, self._total)
        return self._chart

    def _title(self, width: int) -> Strip:
        style = self.get_component_rich_style("chart--title")
        if not self._values:
            return Strip([Segment(" loss: no step yet", style)]).adjust_cell_length(width, self.rich_style)
        mean = smoothed(self._values)[-1]
        words = f" loss {number(self._values[-1])}, mean {number(mean)}, {len(self._values):,} steps"
        return Strip([Segment(words, style)]).adjust_cell_length(width, self.rich_style)
