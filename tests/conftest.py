"""What holds for every test: an engine that a test started ends with it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from pathlib import Path

import pytest


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Ends the engines of homes in the test's folder; they are made to outlive whoever starts them."""
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if isinstance(folder, Path) and folder.is_dir():
        for discovery in folder.rglob("engine.json"):
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                os.kill(json.loads(discovery.read_text("utf-8"))["pid"], signal.SIGTERM)
