"""The app on real files, with its state in a folder of its own."""

from __future__ import annotations

import pytest

from sentitui.tui.start import make_app


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A private home for settings, history and journals."""
    monkeypatch.setenv("SENTITUI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def app():
    """The app on the bundled sample."""
    app = make_app(None)
    yield app
    app.workspace.close()
