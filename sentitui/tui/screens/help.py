"""The help of the place you are in, made from its bindings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from sentitui.tui.text import key_name

Line = tuple[str, str]
"""Keys as shown, and what they do."""

_GROUPS = {"list": "Move", "card": "In a conversation", "editor": "While editing", "app": "Everywhere"}


class HelpScreen(ModalScreen[None]):
    """Every key of the screen under it, grouped, with what it does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Close", id="help.close", tooltip="Back to work"),
        Binding("j,down", "scroll_down", "Down", id="help.down", tooltip="Scroll down", show=False),
        Binding("k,up", "scroll_up", "Up", id="help.up", tooltip="Scroll up", show=False),
    ]

    def __init__(self, place: str, groups: dict[str, list[Line]]) -> None:
        super().__init__()
        self._place, self._groups = place, groups

    def compose(self) -> ComposeResult:
        """A column of groups."""
        with VerticalScroll(classes="dialog"):
            yield Static(Content(f"Keys in {self._place}"), classes="dialog--title")
            for title, lines in self._groups.items():
                yield Static(Content(f"\n{title}"), classes="help--group")
                yield Static(Content("\n".join(f"{keys:<14} {words}" for keys, words in lines)))

    def action_scroll_down(self) -> None:
        """Scrolls down."""
        self.query_one(VerticalScroll).scroll_relative(y=3, animate=False)

    def action_scroll_up(self) -> None:
        """Scrolls up."""
        self.query_one(VerticalScroll).scroll_relative(y=-3, animate=False)


def groups_of(screen: Screen[Any], place: str) -> dict[str, list[Line]]:
    """The bindings of a screen and of what can have the focus in it, by where they work."""
    groups: dict[str, list[Line]] = {place: []}
    for binding, keys in _merged(_bindings(screen)):
        title = _GROUPS.get((binding.id or "").split(".")[0], place)
        groups.setdefault(title, []).append((keys, binding.tooltip or binding.description))
    return {title: lines for title, lines in groups.items() if lines}


def _bindings(screen: Screen[Any]) -> Iterable[Binding]:
    focusable = [widget for widget in screen.query("*") if widget.can_focus]
    for node in (screen, *focusable, screen.app):
        for bindings in node._bindings.key_to_bindings.values():
            yield from bindings


def _merged(bindings: Iterable[Binding]) -> list[tuple[Binding, str]]:
    """Each action once, with all its keys; bindings of Textual itself have no id and are left out."""
    merged: dict[str, tuple[Binding, list[str]]] = {}
    for binding in bindings:
        if binding.id and binding.id.split(".")[0] != "textual":
            keys = merged.setdefault(binding.id, (binding, []))[1]
            name = key_name(binding.key)
            if name not in keys:
                keys.append(name)
    return [(binding, " ".join(keys)) for binding, keys in merged.values()]
