"""All the CSS there is, in load order; it lies in `styles/`, none in Python."""

from __future__ import annotations

from pathlib import Path

from sentitui.resources import folder

_NAMES = (
    "app.tcss",
    "widgets/top_bar.tcss",
    "widgets/line_list.tcss",
    "widgets/example_list.tcss",
    "widgets/conversation_view.tcss",
    "widgets/message_editor.tcss",
    "widgets/problem_list.tcss",
    "widgets/status_line.tcss",
    "screens/data.tcss",
    "screens/jobs.tcss",
    "screens/playground.tcss",
    "screens/dialogs.tcss",
)

STYLESHEETS: tuple[Path, ...] = tuple(folder("styles") / name for name in _NAMES)
"""Absolute paths, so that a subclass in another folder finds them too."""
