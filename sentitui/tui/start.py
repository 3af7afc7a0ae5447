"""Starts the app: opens the file, and only then imports textual (the first paint has been made before)."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from sentitui.tui.terminal import prepaint

if TYPE_CHECKING:
    from sentitui.config import Paths
    from sentitui.tui.app import SentituiApp


def start(path: Path | None, *, theme: str | None = None, mouse: bool = True) -> int:
    """Runs the app on a file (None: the sample) and returns its exit status. Raises SentituiError."""
    try:
        prepaint.paint(path or _sample_here(), theme)
        # Nothing of the start is garbage: collecting meanwhile costs a tenth of the time to the first screen.
        gc.disable()
        app = make_app(path, theme=theme)
        try:
            return app.run(mouse=mouse) or app.return_code or 0
        finally:
            app.workspace.close()
    finally:
        prepaint.restore()


def make_app(path: Path | None, *, theme: str | None = None) -> SentituiApp:
    """The app on a file, not yet running. Raises SentituiError when file or state cannot be opened."""
    from sentitui.dataset.training_file import TrainingFile
    from sentitui.services import build

    services = build()
    file = TrainingFile.open(path or sample(services.paths), journals=services.paths.journals)
    from sentitui.tui.app import SentituiApp
    from sentitui.tui.workspace import Workspace

    return SentituiApp(Workspace(services, file, is_sample=path is None), theme=theme)


def _sample_here() -> Path:
    from sentitui.config import paths

    return sample(paths())


def sample(places: Paths) -> Path:
    """The user's own copy of the bundled set, made at first use: free to edit, the original stays."""
    from sentitui.errors import DatasetError
    from sentitui.resources import data_file

    copy = places.state / "samples" / "sentiment-train.jsonl"
    if not copy.exists():
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data_file("sentiment", "train.jsonl").read_bytes())
        except OSError as error:
            raise DatasetError(
                f"The sample cannot be copied to {copy}: {error.strerror}.",
                "Set SENTITUI_HOME to a folder that can be written to, or name a file to open.",
            ) from error
    return copy
