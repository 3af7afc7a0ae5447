"""Who wants to know that a training file has changed or that more of its lines are known."""

from __future__ import annotations

import threading
from collections.abc import Callable

Watcher = Callable[[], None]


class Watchers:
    """Callables without arguments, called in the order in which they came."""

    __slots__ = ("_changing", "_watchers")

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._watchers: tuple[Watcher, ...] = ()

    def add(self, watcher: Watcher) -> Callable[[], None]:
        """Adds one; returns what takes it out again."""
        with self._changing:
            self._watchers = (*self._watchers, watcher)
        return lambda: self._remove(watcher)

    def notify(self) -> None:
        """Calls them all."""
        for watcher in self._watchers:
            watcher()

    def _remove(self, watcher: Watcher) -> None:
        with self._changing:
            self._watchers = tuple(other for other in self._watchers if other is not watcher)
