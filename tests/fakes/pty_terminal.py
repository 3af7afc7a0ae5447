"""A terminal that a test can look at: runs a program in a pseudo-terminal, shows its screen, counts bytes.

It answers what Textual asks (synchronised output) as a modern terminal does. Waiting is waiting for bytes or
for silence on the descriptor, never for a length of time that has to be guessed.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence

import pyte

KEYS = {
    "enter": "\r", "esc": "\x1b", "tab": "\t", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C",
    "left": "\x1b[D", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "home": "\x1b[H", "end": "\x1b[F",
    "backspace": "\x7f",
    "ctrl+s": "\x13", "ctrl+q": "\x11", "ctrl+r": "\x12", "ctrl+l": "\x0c",
}  # fmt: skip

_PATIENCE = 30.0
"""Seconds after which waiting fails: a program that hangs must not hang the tests."""


class PtyTerminal:
    """A program in a terminal of `columns` x `rows`; use as a context manager."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], columns: int = 120, rows: int = 40
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self.status: int | None = None
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], list(command), dict(env))  # noqa: S606 - the program under test
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> PtyTerminal:
        return self

    def __exit__(self, *exc: object) -> None:
        if self.status is None:
            self.kill(signal.SIGKILL)
            self.wait()
        os.close(self._fd)

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def press(self, *keys: str) -> None:
        """Presses keys one after the other; what is no key's name is typed."""
        for key in keys:
            os.write(self._fd, KEYS.get(key, key).encode())

    def expect(self, text: str) -> None:
        """Waits until the text is on the screen."""
        self.until(lambda: text in self.text, f"{text!r} on the screen")

    def gone(self, text: str) -> None:
        """Waits until the text is no longer on the screen."""
        self.until(lambda: text not in self.text, f"{text!r} gone from the screen")

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Waits for bytes until something is true of the screen."""
        deadline = time.monotonic() + _PATIENCE
        while not true():
            if time.monotonic() > deadline or not self._read(0.2, deadline):
                raise AssertionError(f"waited for {what}; the screen is\n{self.text}")

    def settle(self, silence: float = 0.12) -> int:
        """Reads until nothing has come for a while; returns how many bytes came."""
        before = len(self.raw)
        while select.select([self._fd], [], [], silence)[0] and self._take():
            continue
        return len(self.raw) - before

    def cost(self, *keys: str) -> int:
        """The bytes that pressing keys costs, from a settled screen to a settled screen."""
        self.settle()
        before = len(self.raw)
        self.press(*keys)
        self.settle()
        return len(self.raw) - before

    def kill(self, number: signal.Signals) -> None:
        """Sends a signal to the program."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Takes the terminal away, as a dropped connection does."""
        os.close(self._fd)
        self._fd = os.open(os.devnull, os.O_RDWR)

    def wait(self) -> int:
        """Reads on until the program has ended; returns its exit status (negative: the signal)."""
        deadline = time.monotonic() + _PATIENCE
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError(f"the program did not end; the screen is\n{self.text}")
            else:
                self._read(0.05, deadline)
        self._drain()
        return self.status

    def _drain(self) -> None:
        while select.select([self._fd], [], [], 0)[0] and self._take():
            continue

    def _read(self, seconds: float, deadline: float) -> bool:
        """Takes what comes within some seconds; False when nothing can come any more."""
        ready = select.select([self._fd], [], [], min(seconds, max(deadline - time.monotonic(), 0)))[0]
        return self._take() if ready else True

    def _take(self) -> bool:
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            return False
        if not data:
            return False
        self.raw += data
        self._stream.feed(data)
        if b"\x1b[?2026$p" in data:
            os.write(self._fd, b"\x1b[?2026;2$y")
        return True
