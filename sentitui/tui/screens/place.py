"""What the three places have in common: the top bar, the hints, and what is said about the open file."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from sentitui import safe
from sentitui.tui.bugs import BugsShown
from sentitui.tui.text import counted
from sentitui.tui.widgets.hint_bar import HintBar
from sentitui.tui.widgets.top_bar import TopBar
from sentitui.tui.workspace import Workspace


class Place(BugsShown, Screen[None]):
    """A place of the app; subclasses compose what lies between top bar and hints in `body`."""

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (40, "-narrow"), (100, "-medium"), (160, "-wide")]  # noqa: RUF012 - Textual's own type
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (10, "-high")]  # noqa: RUF012 - Textual's own type

    name_of_mode = ""
    title_of_place = ""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace

    def body(self) -> ComposeResult:
        """The widgets of this place."""
        yield from ()

    def compose(self) -> ComposeResult:
        """Top bar, body, hints; on a terminal too small for them a notice lies over all."""
        yield TopBar(self.name_of_mode)
        yield from self.body()
        yield HintBar()
        yield Static(Content("Needs 40x10 or more"), classes="too-small")

    def show_file(self) -> None:
        """Says in the top bar which file is open and how much of it is known."""
        bar = self.query_one(TopBar)
        file = self.workspace.file
        more = "" if file.complete else "+"
        bar.info = (
            f"{safe.line(file.path.name)}  {len(file):,}{more} {counted(len(file), 'example').split()[1]}"
        )
        bar.alert = "unsaved" if file.modified else ""

    def on_screen_resume(self) -> None:
        """Another place may have changed the file."""
        self.show_file()
