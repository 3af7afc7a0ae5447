"""A worker that fails with what nobody expected ends the app calmly, instead of being forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.worker import Worker, WorkerState

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode

    _Base = DOMNode
else:
    _Base = object


class BugsShown(_Base):
    """Mix into a screen that has workers: domain errors are caught in them, so what is left is a bug."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Hands the exception of a failed worker to the app."""
        if event.state is WorkerState.ERROR and isinstance(event.worker.error, Exception):
            hand_over(self.app, event.worker.error)


def hand_over(app: App[object], error: Exception) -> None:
    """Ends the app as an exception in a handler would: a report is saved, the edits are safe."""
    app._handle_exception(error)
