"""How the app ends when nobody chose to: a signal, a vanished terminal, an exception that nobody expected."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from sentitui.tui.terminal.crash import farewell, save_report
from sentitui.tui.terminal.signals import on_ending

if TYPE_CHECKING:
    from textual.app import App

    _Base = App[int]
else:
    _Base = object


class CalmEnding(_Base):
    """Mix into an App, before `App`. A screen that has `keep_typed` is asked to before a signal ends it.

    Hooks `App._fatal_error` of the pinned Textual release.
    """

    _reports: Path | None = None

    def end_calmly(self, reports: Path) -> None:
        """From now on: signals end the app, and unexpected exceptions leave a report in that folder."""
        self._reports = reports
        on_ending(self._end)

    def _end(self, status: int) -> None:
        for screen in self.screen_stack:
            keep_typed = getattr(screen, "keep_typed", None)
            if keep_typed is not None:
                keep_typed()
        self.exit(return_code=status)

    def _fatal_error(self) -> None:
        error = self._exception
        if error is not None:
            report = save_report(self._reports, error) if self._reports else None
            self._exit_renderables.append(Text(farewell(report)))
        self._close_messages_no_wait()
