"""The app: three places, the looks, and the way out. What a place does is its screen's business."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from sentitui.tui.screens.data import DataScreen
from sentitui.tui.stylesheets import STYLESHEETS
from sentitui.tui.terminal.driver import SentituiDriver
from sentitui.tui.terminal.output import DiffOutput
from sentitui.tui.themes import THEMES, VARIABLES, theme_name
from sentitui.tui.workspace import Workspace


class SentituiApp(DiffOutput, App[int]):
    """The terminal workbench."""

    TITLE = "sentitui"
    CSS_PATH: ClassVar[list[str | PurePath]] = list(STYLESHEETS)
    ENABLE_COMMAND_PALETTE = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "1", "go('data')", "Data", id="app.data", tooltip="Browse and edit the training file", show=False
        ),
        Binding(
            "2", "go('jobs')", "Jobs", id="app.jobs", tooltip="Launch and follow fine-tuning jobs", show=False
        ),
        Binding(
            "3", "go('playground')", "Play", id="app.play", tooltip="Ask base and tuned the same", show=False
        ),
        Binding(
            "ctrl+l", "redraw", "Redraw", id="app.redraw", tooltip="Draw the whole screen again", show=False
        ),
        Binding("q", "quit", "Quit", id="app.quit", tooltip="Leave; asks when edits are unsaved"),
    ]

    def __init__(self, workspace: Workspace, *, theme: str | None = None) -> None:
        super().__init__(driver_class=SentituiDriver, ansi_color=True if os.environ.get("NO_COLOR") else None)
        self.workspace = workspace
        for look in THEMES:
            self.register_theme(look)
        self.theme = theme_name(theme, os.environ)
        self.add_mode("data", lambda: DataScreen(workspace))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, for themes that do not define them."""
        return dict(VARIABLES)

    async def on_mount(self) -> None:
        """Starts in Data."""
        await self.switch_mode("data")

    async def action_go(self, mode: str) -> None:
        """Goes to a place."""
        await self.switch_mode(mode)

    def action_redraw(self) -> None:
        """Draws the whole screen again, after another program wrote over it."""
        self.shadow.forget()
        self.screen.refresh(layout=True)
