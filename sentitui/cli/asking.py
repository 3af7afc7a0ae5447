"""Shows that questions are being asked and how many are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentitui import safe
from sentitui.cli.progress import progress
from sentitui.cli.terminal import Terminal, clip
from sentitui.playground.run import Finished, RunEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sentitui.providers.provider import Provider


class Keeping:
    """Counts completions on the status line, and keeps the first reason why one failed."""

    def __init__(self, terminal: Terminal, total: int) -> None:
        self._terminal, self._total = terminal, total
        self._done = 0
        self._errors: list[str] = []

    def __call__(self, event: RunEvent) -> None:
        """Takes what a run tells."""
        if isinstance(event, Finished):
            self._done += 1
            if event.completion.error:
                self._errors.append(f"{event.completion.contender}: {event.completion.error}")
            share = self._done / self._total
            self._terminal.status(
                "asking    " + progress(self._terminal, share, f"{self._done}/{self._total} answers")
            )

    def complain(self, providers: Iterable[Provider]) -> None:
        """Says how many failed and why the first did."""
        if self._errors:
            text = f"failed    {len(self._errors)} of {self._total} answers; the first:"
            self._terminal.line(self._terminal.paint("bad", text))
            self._terminal.line(clip(f"          {safe.line(self._errors[0])}", self._terminal.width))
            for deploy in {provider.deploy for provider in providers if provider.deploy}:
                self._terminal.line(f"          {deploy}")
