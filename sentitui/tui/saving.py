"""Saving with the questions that it can raise; the answers decide, nothing is overwritten unasked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from sentitui.dataset import files
from sentitui.errors import FileChanged
from sentitui.tui.screens.dialogs import Choice, ChoiceDialog, LineDialog
from sentitui.tui.workspace import Workspace

if TYPE_CHECKING:
    from textual.app import App

SAVE_FIRST = (Choice("s", "Save", "save"), Choice("d", "Discard", "discard"), Choice("c", "Cancel", "cancel"))
_CHANGED = (
    Choice("c", "Cancel", "cancel"),
    Choice("a", "Save as…", "as"),
    Choice("o", "Overwrite", "overwrite"),
    Choice("r", "Reload", "reload"),
)
_THERE = (Choice("c", "Cancel", "cancel"), Choice("o", "Overwrite", "overwrite"))


async def save(app: App[int], workspace: Workspace) -> str:
    """Saves the open file, asking when the one on disk has changed; returns what was done, "" when nothing.

    Raises DatasetError when writing fails. Runs in a worker: it waits for the answers.
    """
    try:
        return _done(await files.save(workspace.file))
    except FileChanged as error:
        answer = await app.push_screen_wait(ChoiceDialog(error.message, error.hint, _CHANGED))
    if answer == "overwrite":
        return _done(await files.save(workspace.file, overwrite_changed=True))
    if answer == "as":
        return await save_as(app, workspace)
    if answer == "reload":
        workspace.file = await files.reload(workspace.file)
        return f"Reloaded {workspace.path.name} from disk; your edits are gone."
    return ""


async def save_as(app: App[int], workspace: Workspace) -> str:
    """Asks for a name and saves there, where the file lives from then on; returns what was done."""
    answer = await app.push_screen_wait(LineDialog("Save as", value=str(workspace.path), hint="A file name."))
    if not answer or not answer.strip():
        return ""
    target = await asyncio.to_thread(Path(answer.strip()).expanduser)
    try:
        return _done(await files.save(workspace.file, target))
    except FileChanged as error:
        again = await app.push_screen_wait(ChoiceDialog(error.message, error.hint, _THERE))
    if again != "overwrite":
        return ""
    return _done(await files.save(workspace.file, target, overwrite_changed=True))


async def may_leave(app: App[int], workspace: Workspace) -> bool:
    """Whether the app may close: nothing is unsaved, or the user saved or discarded it."""
    if not workspace.file.modified:
        return True
    dialog = ChoiceDialog("Unsaved edits", f"{workspace.path.name} has edits that are not saved.", SAVE_FIRST)
    answer = await app.push_screen_wait(dialog)
    if answer == "save":
        return bool(await save(app, workspace)) and not workspace.file.modified
    if answer == "discard":
        workspace.discard = True
        return True
    return False


def _done(saved: files.Saved) -> str:
    notes = f" ({'; '.join(saved.notes)})" if saved.notes else ""
    return f"Saved {saved.path.name}, {saved.size:,} bytes{notes}."
