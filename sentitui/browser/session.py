"""One program on a pseudo-terminal of its own, for as long as somebody looks at it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import struct
import subprocess
import termios
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress

_CHUNK = 1 << 16
_ENDING_SECONDS = 5.0
"""How long the program may take to keep its edits and go, once its terminal is gone."""
_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
"""What the emulator in the page is."""
_NOT_OURS = ("TMUX", "TMUX_PANE", "STY", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "COLUMNS", "LINES")
"""What describes the terminal that the server was started in."""


class Session:
    """The program and our end of its terminal."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self._process = process
        self._master = master

    @classmethod
    def start(
        cls, command: Sequence[str], size: tuple[int, int], env: Mapping[str, str] | None = None
    ) -> Session:
        """Starts the program on a terminal of that size (columns, rows)."""
        master, slave = os.openpty()
        _resize(master, size)
        given = os.environ if env is None else env
        kept = {name: value for name, value in given.items() if name not in _NOT_OURS}
        try:
            process = subprocess.Popen(
                command,
                stdin=slave,
                stdout=slave,
                stderr=slave,
                start_new_session=True,
                env=kept | _TERMINAL,
            )
        except OSError:
            os.close(master)
            raise
        finally:
            os.close(slave)
        os.set_blocking(master, False)
        return cls(process, master)

    @property
    def status(self) -> int | None:
        """The exit status, negative for the signal that ended it; None while it runs."""
        return self._process.poll()

    async def output(self) -> AsyncGenerator[bytes, None]:
        """What the program writes, until it ends; whoever reads slowly slows it down, as a terminal does."""
        while True:
            await self._ready()
            try:
                content = os.read(self._master, _CHUNK)
            except BlockingIOError:
                continue
            except OSError:  # EIO: the program has closed its end
                return
            if not content:
                return
            yield content

    async def type(self, content: bytes) -> None:
        """Types into the program's terminal."""
        while content:
            try:
                content = content[os.write(self._master, content) :]
            except BlockingIOError:
                await self._ready(writing=True)
            except OSError:  # the program has ended: nobody reads what is typed
                return

    def resize(self, size: tuple[int, int]) -> None:
        """Tells the program that its terminal has another size (columns, rows)."""
        _resize(self._master, size)
        self._process.send_signal(signal.SIGWINCH)

    async def close(self) -> None:
        """Takes the terminal away; a program that does not end by itself is ended."""
        self._process.send_signal(signal.SIGHUP)
        reading = asyncio.create_task(self._drain())
        try:
            await asyncio.to_thread(self._process.wait, _ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
            os.close(self._master)

    async def _drain(self) -> None:
        """A program that still writes must not wait for a reader while it ends."""
        async for _ in self.output():
            continue

    async def _ready(self, *, writing: bool = False) -> None:
        loop = asyncio.get_running_loop()
        add, remove = (
            (loop.add_writer, loop.remove_writer) if writing else (loop.add_reader, loop.remove_reader)
        )
        ready = loop.create_future()
        add(self._master, _resolve, ready)
        try:
            await ready
        finally:
            remove(self._master)


def _resolve(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _resize(terminal: int, size: tuple[int, int]) -> None:
    columns, rows = size
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
