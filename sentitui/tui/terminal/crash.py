"""What is left of an unexpected exception: a report in a file, and a calm sentence for the user."""

from __future__ import annotations

import platform
import time
import traceback
from pathlib import Path

from sentitui import __version__


def save_report(folder: Path, error: BaseException, now: time.struct_time | None = None) -> Path | None:
    """Writes the traceback, without variables (they may be data), to a file; None when that fails too."""
    stamp = time.strftime("%Y%m%d-%H%M%S", now or time.localtime())
    path = folder / f"crash-{stamp}.txt"
    head = f"sentitui {__version__}, Python {platform.python_version()}, {platform.platform()}\n\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(head + "".join(traceback.format_exception(error)), encoding="utf-8", errors="replace")
    except OSError:
        return None
    return path


def farewell(report: Path | None) -> str:
    """What the user is told."""
    where = f"A report is in {report}." if report else "The report could not be written."
    return (
        f"sentitui met an error that it does not know and has stopped. {where}\n"
        "Your edits are safe: open the file again and they are offered. Jobs go on running."
    )
