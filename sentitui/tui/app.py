"""The app: three places, the looks, and the way out. What a place does is its screen's business."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable
from pathlib import PurePath
from typing import ClassVar

from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from sentitui.tui.commands import commands
from sentitui.tui.messages import ExampleWanted, ModelWanted
from sentitui.tui.palette import theme_name
from sentitui.tui.saving import may_leave
from sentitui.tui.screens.data import DataScreen
from sentitui.tui.screens.help import HelpScreen, groups_of
from sentitui.tui.screens.place import Place
from sentitui.tui.stylesheets import STYLESHEETS
from sentitui.tui.terminal import prepaint
from sentitui.tui.terminal.driver import SentituiDriver
from sentitui.tui.terminal.ending import CalmEnding
from sentitui.tui.terminal.keys import OrderedKeys
from sentitui.tui.terminal.output import DiffOutput
from sentitui.tui.themes import THEMES, VARIABLES, known_theme
from sentitui.tui.workspace import Workspace


class SentituiApp(CalmEnding, OrderedKeys, DiffOutput, App[int]):
    """The terminal workbench."""

    TITLE = "sentitui"
    CSS_PATH: ClassVar[list[str | PurePath]] = list(STYLESHEETS)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "1", "go('data')", "Data", id="app.data", tooltip="Browse and edit the training file", show=False
        ),
        Binding(
            "2", "go('jobs')", "Jobs", id="app.jobs", tooltip="Launch and follow fine-tuning jobs", show=False
        ),
        Binding(
            "3", "go('playground')", "Playground", id="app.play", tooltip="Ask base and tuned", show=False
        ),
        Binding(
            "ctrl+l", "redraw", "Redraw", id="app.redraw", tooltip="Draw the whole screen again", show=False
        ),
        Binding(
            "ctrl+q,q",
            "quit",
            "Quit",
            id="app.quit",
            tooltip="Leave; asks when edits are unsaved",
            show=False,
        ),
        Binding("question_mark,f1", "help", "Help", id="app.help", tooltip="The keys of this place"),
    ]

    def __init__(self, workspace: Workspace, *, theme: str | None = None) -> None:
        super().__init__(driver_class=SentituiDriver, ansi_color=True if os.environ.get("NO_COLOR") else None)
        self.workspace = workspace
        if os.environ.get("SSH_CONNECTION"):
            # An animated page costs 200 KB on the line.
            self.animation_level = "none"
        for look in THEMES:
            self.register_theme(look)
        self.theme = known_theme(theme_name(theme, os.environ), self.available_themes)
        self.add_mode("data", lambda: DataScreen(workspace))
        self.add_mode("jobs", self._jobs)
        self.add_mode("playground", self._playground)

    def _jobs(self) -> Place:
        # Imported when it is first gone to: the first screen is on the terminal sooner.
        from sentitui.tui.screens.jobs import JobsScreen

        return JobsScreen(self.workspace)

    def _playground(self) -> Place:
        from sentitui.tui.screens.playground import PlaygroundScreen

        return PlaygroundScreen(self.workspace)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, for themes that do not define them."""
        return dict(VARIABLES)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        return commands(screen)

    async def on_mount(self) -> None:
        """Starts in Data."""
        self.end_calmly(self.workspace.services.paths.reports)
        if prepaint.is_painted():
            self.hold_output()
        await self.switch_mode("data")
        self.call_after_refresh(self._first_paint_done)

    def _first_paint_done(self) -> None:
        self.release_output()
        gc.enable()
        gc.freeze()

    async def on_unmount(self) -> None:
        """Connections are closed while the loop still runs."""
        await self.workspace.services.connections.close()

    @on(ExampleWanted)
    async def _jump(self, event: ExampleWanted) -> None:
        await self.switch_mode("data")
        if isinstance(self.screen, DataScreen):
            self.screen.jump(event.index)

    @on(ModelWanted)
    async def _ask_model(self, event: ModelWanted) -> None:
        await self.switch_mode("playground")
        self.screen.post_message(event)

    async def action_go(self, mode: str) -> None:
        """Goes to a place; a question that is open is answered first."""
        if isinstance(self.screen, Place):
            await self.switch_mode(mode)

    def action_redraw(self) -> None:
        """Draws the whole screen again, after another program wrote over it."""
        self.shadow.forget()
        self.screen.refresh(layout=True)

    def action_help(self) -> None:
        """Shows the keys of this place."""
        if isinstance(self.screen, Place):
            place = self.screen.title_of_place
            self.push_screen(HelpScreen(place, groups_of(self.screen, place)))

    async def action_quit(self) -> None:
        """Leaves; asks first when edits are unsaved."""
        self._leave()

    @work(exclusive=True, group="quit", exit_on_error=False)
    async def _leave(self) -> None:
        if await may_leave(self, self.workspace):
            self.exit(0)
