"""Finds base models without holding anybody up: a fetch may take minutes, the supervisor looks in between."""

from __future__ import annotations

import threading
from concurrent.futures import Future, wait
from pathlib import Path

from sentitui.engine.ports import BaseModels

_PATIENCE = 0.2
"""Seconds; weights that are here are found in a few milliseconds, so their job starts at once."""


class Locating:
    """Asks for each base in a thread of its own, which the process does not wait for at its end."""

    def __init__(self, bases: BaseModels) -> None:
        self._bases = bases
        self._asked: dict[str, Future[Path]] = {}

    def folder(self, base: str) -> Path | None:
        """The folder of a base's weights; None while they are on their way. Raises SentituiError.

        The answer is given once: weights may be removed later, and a failure may be cured by then.
        """
        future = self._asked.get(base)
        if future is None:
            future = self._asked[base] = Future()
            threading.Thread(target=self._locate, args=(base, future), daemon=True).start()
        if not wait((future,), _PATIENCE).done:
            return None
        del self._asked[base]
        return future.result()

    def _locate(self, base: str, future: Future[Path]) -> None:
        try:
            future.set_result(self._bases.locate(base))
        except Exception as error:  # whoever asks again gets it
            future.set_exception(error)
