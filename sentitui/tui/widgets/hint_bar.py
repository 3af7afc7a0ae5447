"""The last row: the keys that do something here and now, nearest first; a click does the same."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.reactive import reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from sentitui.tui.text import cells, key_name

Hint = tuple[str, str, str]
"""Key as shown, words, action."""


class HintBar(Widget):
    """Draws the shown bindings that `check_action` allows, as many as fit; help always does."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"hint--key", "hint--words"}

    hints: reactive[tuple[Hint, ...]] = reactive(())

    def on_mount(self) -> None:
        """Follows the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self._bindings_changed(self.screen)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if not self.is_attached or screen is not self.screen:
            return
        found: dict[str, Hint] = {}
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.action not in found:
                found[binding.action] = (key_name(binding.key), binding.description, binding.action)
        last = found.pop("help", None)
        self.hints = (*found.values(), *([last] if last else []))

    def fitting(self) -> list[Hint]:
        """The hints that fit the width; the last one (help) always stays."""
        if not self.hints:
            return []
        *others, last = self.hints
        room = self.size.width - _width(last) - 1
        shown: list[Hint] = []
        for hint in others:
            room -= _width(hint)
            if room < 0:
                break
            shown.append(hint)
        return [*shown, last]

    def render_line(self, y: int) -> Strip:
        """` enter open  e edit  / search  ? help`."""
        key_style = self.get_component_rich_style("hint--key")
        word_style = self.get_component_rich_style("hint--words")
        segments: list[Segment] = []
        for key, words, _ in self.fitting():
            segments += [Segment(f" {key}", key_style), Segment(f" {words} ", word_style)]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    async def on_click(self, event: events.Click) -> None:
        """Does what the hint under the mouse says."""
        end = 0
        for hint in self.fitting():
            end += _width(hint)
            if event.x < end:
                await self.screen.run_action(hint[2])
                return


def _width(hint: Hint) -> int:
    return cells(hint[0]) + cells(hint[1]) + 3
