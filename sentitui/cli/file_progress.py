"""How far the reading of a file is, as a status line on stderr while a command works."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sentitui.cli.progress import progress, size
from sentitui.cli.terminal import Terminal


@contextmanager
def file_progress() -> Iterator[Callable[[int, int], None]]:
    """Gives what shows (bytes done, bytes to do), on a terminal only; the line goes when the block ends."""
    terminal = Terminal(sys.stderr)

    def show(done: int, total: int) -> None:
        terminal.status(progress(terminal, done / total if total else 1.0, f"{size(done)} of {size(total)}"))

    try:
        yield show
    finally:
        terminal.end_status()
