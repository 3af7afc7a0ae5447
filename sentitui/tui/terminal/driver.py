"""Textual's Linux driver with its gaps closed: keeps a painted screen, survives foreign input bytes."""

from __future__ import annotations

from rich.traceback import Traceback
from textual.drivers.linux_driver import LinuxDriver

from sentitui.tui.terminal import prepaint
from sentitui.tui.terminal.output import DiffOutput

_ENTER_ALTERNATE_SCREEN = "\x1b[?1049h"


class SentituiDriver(LinuxDriver):
    """The driver of the app on Linux and macOS."""

    def write(self, data: str) -> None:
        """Writes to the terminal; a screen that is already painted is not entered (and so cleared) again."""
        if data == _ENTER_ALTERNATE_SCREEN and prepaint.take_over():
            return
        super().write(data)

    def start_application_mode(self) -> None:
        """Enters the alternate screen, at the start and after a suspend: the shadow holds no longer."""
        if isinstance(self._app, DiffOutput):
            self._app.shadow.forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # untyped in Textual

    def _run_input_thread(self) -> None:
        while not self.exit_event.is_set():
            try:
                self.run_input_thread()
            except UnicodeDecodeError:
                # X10 mouse bytes after a terminal was re-attached (Textual #6668): read on.
                continue
            except Exception:
                self._app.call_later(self._app.panic, Traceback())
            return
