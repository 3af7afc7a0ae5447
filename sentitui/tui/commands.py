"""The command palette: everything that a key does here, by name, with its key."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import SystemCommand
from textual.screen import Screen

from sentitui.tui.text import key_name
from sentitui.tui.themes import THEMES


def commands(screen: Screen[object]) -> Iterator[SystemCommand]:
    """What works now on a screen, then the looks."""
    app = screen.app
    seen: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        if (
            not active.enabled
            or not binding.id
            or binding.id in seen
            or binding.id.startswith(("list.", "card."))
        ):
            continue
        seen.add(binding.id)
        words = f"{binding.description}  ({key_name(binding.key)})"
        action, node = binding.action, active.node

        async def run(action: str = action, node: object = node) -> None:
            await app.run_action(action, default_namespace=node)  # type: ignore[arg-type]  # any DOM node will do

        yield SystemCommand(words, binding.tooltip or binding.description, run)
    for theme in THEMES:

        def look(name: str = theme.name) -> None:
            app.theme = name

        yield SystemCommand(f"Look: {theme.name}", "Change the colours", look)
