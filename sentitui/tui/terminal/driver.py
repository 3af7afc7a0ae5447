"""Textual's Linux driver with its gaps closed: keeps a painted screen, survives a terminal that goes away."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

from sentitui.tui.terminal import prepaint
from sentitui.tui.terminal.output import DiffOutput

_ENTER_ALTERNATE_SCREEN = "\x1b[?1049h"
_HUNG_UP = 129
"""The exit status of a program whose terminal went away: 128 and the number of SIGHUP."""


class TerminalWriter(WriterThread):
    """Writes to the terminal; when it is gone, goes on taking what nobody will see, so that nobody waits."""

    def __init__(self, file: IO[str], gone: Callable[[], object]) -> None:
        super().__init__(file)
        self._gone = gone

    def run(self) -> None:
        """Writes until it is stopped."""
        try:
            super().run()
        except OSError:
            self._gone()
            while self._queue.get() is not None:
                continue


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
        # The first paint changed the input's setting: what is restored at the end is the one before it.
        self.attrs_before = prepaint.original_attributes() or self.attrs_before
        if self._writer_thread is None or self._file is None:
            return
        self._writer_thread.stop()
        self._writer_thread = TerminalWriter(self._file, self._leave)
        self._writer_thread.start()

    def stop_application_mode(self) -> None:
        """Leaves the alternate screen with the default pen, which frames do not restore each time."""
        self.write("\x1b[m")
        super().stop_application_mode()

    def _leave(self) -> None:
        self._app.call_later(self._app.exit, return_code=_HUNG_UP)

    def _sigcont_application(self, *_: object) -> None:
        # The kernel sends SIGCONT together with SIGHUP too: only what was suspended is resumed.
        if self._must_signal_resume:
            super()._sigcont_application()

    def _run_input_thread(self) -> None:
        while not self.exit_event.is_set():
            try:
                self.run_input_thread()
            except UnicodeDecodeError:
                # X10 mouse bytes after a terminal was re-attached (Textual #6668): read on.
                continue
            except OSError:
                self._leave()
            except Exception:
                from rich.traceback import Traceback

                self._app.call_later(self._app.panic, Traceback())
            return
