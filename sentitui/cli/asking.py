"""Shows that questions are being asked and how many are answered."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from sentitui import safe
from sentitui.cli.progress import progress
from sentitui.cli.terminal import Terminal
from sentitui.playground.run import Finished, RunEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sentitui.providers.provider import Provider

_INDENT = " " * 10


class Keeping:
    """Counts completions on the status line, and keeps why they failed."""

    def __init__(self, terminal: Terminal, total: int) -> None:
        self._terminal, self._total = terminal, total
        self._done = 0
        self._errors: list[tuple[str, str]] = []

    def __call__(self, event: RunEvent) -> None:
        """Takes what a run tells."""
        if isinstance(event, Finished):
            self._done += 1
            if event.completion.error:
                each = event.completion
                self._errors.append((f"{each.contender}: {each.error}", each.hint))
            share = self._done / self._total
            self._terminal.status(
                "asking    " + progress(self._terminal, share, f"{self._done}/{self._total} answers")
            )

    def complain(self, providers: Iterable[Provider]) -> None:
        """Says how many failed and why the first did."""
        if self._errors:
            head = f"failed    {len(self._errors)} of {self._total} answers; the first:"
            self._terminal.line(self._terminal.paint("bad", head))
            for text in self._errors[0]:
                self._wrapped(text)
            for deploy in {provider.deploy for provider in providers if provider.deploy}:
                self._wrapped(deploy)

    def _wrapped(self, text: str) -> None:
        lines = textwrap.wrap(safe.line(text), self._terminal.width - len(_INDENT), break_on_hyphens=False)
        for line in lines:
            self._terminal.line(_INDENT + line)
