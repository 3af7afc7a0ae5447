"""Where things are kept: can we write there, is there room, are the weights there? Makes no folder."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sentitui import safe
from sentitui.checkup.fact import Fact, Verdict, size
from sentitui.config import Paths

_TIGHT, _LEAST = 2_000_000_000, 50_000_000
"""Free bytes below which it becomes tight, and below which journals and databases may fail."""
_WEIGHTS = 800_000_000
"""Bytes that fetching and converting the default weights takes for a moment, as the engine asks for."""


def place_facts(places: Paths, *, weights_needed: bool) -> list[Fact]:
    """State, history, settings, cache, weights."""
    return [
        _folder("state", places.state, "Set SENTITUI_HOME to a folder that can be written to."),
        _history(places.history),
        Fact(
            "places", "settings", _shown(places.settings) + ("" if places.settings.exists() else ", none yet")
        ),
        _folder("cache", places.cache, "Set SENTITUI_CACHE to a folder that can be written to."),
        _weights(places.models, weights_needed),
    ]


def _shown(path: Path) -> str:
    return safe.line(str(path))


def _folder(name: str, path: Path, advice: str) -> Fact:
    standing = path
    while not standing.exists() and standing != standing.parent:
        standing = standing.parent
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        return Fact("places", name, f"{_shown(path)}: cannot be written to", Verdict.FAILED, advice)
    free = shutil.disk_usage(standing).free
    value = f"{_shown(path)}, {size(free)} free"
    if free < _LEAST:
        return Fact("places", name, value, Verdict.FAILED, f"Free some space. {advice}")
    if free < _TIGHT:
        return Fact("places", name, value, Verdict.WARNING, "Free some space: models and jobs need it.")
    return Fact("places", name, value)


def _history(path: Path) -> Fact:
    if not path.exists():
        return Fact("places", "history", "none yet")
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
            count = database.execute("SELECT count(*) FROM jobs").fetchone()[0] if "jobs" in tables else 0
    except sqlite3.Error as error:
        advice = f"Move {_shown(path)} away; a new history begins, jobs at providers are not touched."
        return Fact("places", "history", f"cannot be read: {error}", Verdict.FAILED, advice)
    return Fact(
        "places", "history", f"{count} {'job' if count == 1 else 'jobs'}, {size(path.stat().st_size)}"
    )


def _weights(models: Path, needed: bool) -> Fact:
    found = [_manifest(each) for each in sorted(models.glob("*/sentitui.json"))]
    if found:
        return Fact("places", "weights", ", ".join(found))
    standing = next((each for each in (models, *models.parents) if each.exists()), None)
    if needed and standing is not None and shutil.disk_usage(standing).free < _WEIGHTS:
        advice = f"Fetching them takes {size(_WEIGHTS)} for a moment: free some, or set SENTITUI_CACHE."
        return Fact("places", "weights", "not here, and no room for them", Verdict.FAILED, advice)
    advice = "The first job or question fetches them (93 MB), once for all homes."
    return Fact("places", "weights", "not here yet", Verdict.NOTE, advice)


def _manifest(path: Path) -> str:
    """What the engine writes last into a folder of weights: its presence says that they are whole."""
    try:
        body = json.loads(path.read_bytes())
        return f"{safe.line(str(body['model']))} ({size(int(body['bytes']))})"
    except (OSError, ValueError, KeyError, TypeError):
        return f"{_shown(path)} cannot be read"
