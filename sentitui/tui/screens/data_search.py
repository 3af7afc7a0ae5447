"""Searching: a text in the examples, highlighted where it is seen."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from sentitui.tui import search
from sentitui.tui.screens.data_browse import BrowseScreen
from sentitui.tui.screens.dialogs import LineDialog


class SearchScreen(BrowseScreen):
    """Browsing with `/`, `n` and `N`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", id="data.search", tooltip="Search the examples for a text"),
        Binding(
            "n", "again(False)", "Next hit", id="data.again", tooltip="The next example with it", show=False
        ),
        Binding("N", "again(True)", "Hit before", id="data.again-up", tooltip="The hit before", show=False),
    ]

    pattern = ""

    @dataclass
    class Searched(Message):
        """A search ended; `index` is None when nothing was found."""

        pattern: str
        index: int | None

    async def action_search(self) -> None:
        """Asks for a text and goes to the next example that holds it."""
        await self.app.push_screen(
            LineDialog(
                "Search", value=self.pattern, hint="A text; case does not matter. Empty ends the search."
            ),
            self._search,
        )

    def _search(self, answer: str | None) -> None:
        if answer is None:
            return
        self.pattern = answer
        self.examples.highlight(answer)
        if answer:
            self._find(backwards=False)

    def action_again(self, backwards: bool) -> None:
        """The next hit, or the one before."""
        if self.pattern:
            self._find(backwards=backwards)

    @work(exclusive=True, group="search", exit_on_error=False)
    async def _find(self, *, backwards: bool) -> None:
        stopped = False
        pattern, file, start = self.pattern, self.workspace.file, self.index

        def find() -> int | None:
            return search.find(file, pattern, start, backwards=backwards, stopped=lambda: stopped)

        try:
            index = await asyncio.to_thread(find)
        finally:
            stopped = True
        self.post_message(self.Searched(pattern, index))

    @on(Searched)
    def _go_to_hit(self, event: Searched) -> None:
        if event.index is None:
            self.heading.say(f"“{event.pattern}” is in no example.", "warning")
        elif event.index == self.index:
            self.heading.say(f"“{event.pattern}” is in this example only.", "hint")
        else:
            self.jump(event.index)
