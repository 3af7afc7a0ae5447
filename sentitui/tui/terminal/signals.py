"""Ends the app cleanly when the terminal goes away or the system asks: the signal becomes an exit status."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

ENDING = (signal.SIGTERM, signal.SIGHUP)
"""A dropped SSH session sends SIGHUP; Textual by itself restores the terminal on neither."""


def on_ending(leave: Callable[[int], None]) -> None:
    """Calls `leave(128 + number)` on the loop at an ending signal; outside a main thread never."""
    loop = asyncio.get_running_loop()
    for number in ENDING:
        try:
            loop.add_signal_handler(number, leave, 128 + number)
        except (ValueError, RuntimeError):
            # No main thread (a test, a server of many apps): whoever runs us handles signals.
            return
