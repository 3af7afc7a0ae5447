"""Filtering: only the examples for which all terms hold; they are shown as chips."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from sentitui.dataset.edits import Edit, Replace, singles
from sentitui.errors import ConfigError
from sentitui.tui import filtering
from sentitui.tui.filtering import Term
from sentitui.tui.screens.data_problems import ProblemsScreen
from sentitui.tui.screens.dialogs import LineDialog


class FilterScreen(ProblemsScreen):
    """The list of problems, and a list of examples that can be narrowed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", "Filter", id="data.filter", tooltip="Show only examples of some kind"),
    ]

    _wanted = ""

    @dataclass
    class Filtered(Message):
        """The examples for which the terms hold are known."""

        terms: tuple[Term, ...]
        found: list[int]

    async def action_filter(self) -> None:
        """Asks for terms."""
        dialog = LineDialog("Filter", value=self._wanted, hint=filtering.HINT)
        await self.app.push_screen(dialog, self._filter)

    def _filter(self, answer: str | None) -> None:
        if answer is None:
            return
        try:
            terms = filtering.parse(answer)
        except ConfigError as error:
            self.heading.say(error.message, "warning")
            return
        self._wanted = answer
        if terms:
            self._find_all(terms)
        else:
            self.show_all()

    @work(exclusive=True, group="filter", exit_on_error=False)
    async def _find_all(self, terms: tuple[Term, ...]) -> None:
        file, codes, stopped = self.workspace.file, self._codes(), False
        try:
            found = await asyncio.to_thread(filtering.matching, file, terms, codes, lambda: stopped)
        finally:
            stopped = True
        self.post_message(self.Filtered(terms, found))

    def _codes(self) -> dict[str, frozenset[int]]:
        places: dict[str, set[int]] = {}
        for diagnostic in self.findings.diagnostics:
            if diagnostic.location.line is not None:
                places.setdefault(diagnostic.code, set()).add(diagnostic.location.line - 1)
        return {code: frozenset(lines) for code, lines in places.items()}

    @on(Filtered)
    def _show_filtered(self, event: Filtered) -> None:
        chips = " ".join(term.chip for term in event.terms)
        if not event.found:
            self.heading.say(f"{chips} holds for no example.", "warning")
            return
        self.examples.narrow(event.found)
        self.heading.right = f"{chips} {len(event.found):,} of {len(self.workspace.file):,}"
        self.cursor_moved()

    def show_all(self) -> None:
        """Shows every example again, with the cursor where it was."""
        index = self.index
        self.examples.narrow(None)
        self.heading.right = self.findings.summary
        self.jump(index)

    def show_edits(self, edit: Edit) -> None:
        """An edit that moves examples ends the filter: its numbers no longer hold."""
        if self.examples.is_narrowed and not all(isinstance(single, Replace) for single in singles(edit)):
            self.show_all()
        super().show_edits(edit)
