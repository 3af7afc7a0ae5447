"""Loading and saving training files, for async callers and plain ones.

The `..._now` functions do the work; the coroutines hand them to a thread (aiofiles' way) so that a screen
goes on. Owns when a file may be written: never over a version that the user has not seen, unless told to.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import aiofiles.os

from sentitui.dataset.atomic import NewFile, replacing
from sentitui.dataset.disk import DiskState, Identity, open_regular
from sentitui.dataset.snapshot import Range, Snapshot
from sentitui.dataset.training_file import TrainingFile
from sentitui.errors import DatasetError, FileChanged

# Called with the bytes written so far and (nearly) all there are to write.
OnProgress = Callable[[int, int], None]

_FLUSH = 1 << 20

_CHANGES = {
    DiskState.REPLACED: "another program has saved a new version of it",
    DiskState.REWRITTEN: "another program has written to it",
    DiskState.DELETED: "it is no longer there",
}


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written where; `notes` says in words what of the old file could not be kept."""

    path: Path
    size: int
    notes: tuple[str, ...] = ()


async def load(path: Path | str, *, journals: Path | None = None) -> TrainingFile:
    """Opens a training file without keeping the caller's loop waiting; see TrainingFile.open."""
    return await aiofiles.os.wrap(TrainingFile.open)(path, journals=journals)


async def save(
    file: TrainingFile,
    path: Path | str | None = None,
    *,
    overwrite_changed: bool = False,
    on_progress: OnProgress | None = None,
) -> Saved:
    """`save_now` in a thread, where `on_progress` is called too; cancelling does not stop the writing."""
    return await aiofiles.os.wrap(save_now)(
        file, path, overwrite_changed=overwrite_changed, on_progress=on_progress
    )


async def export(
    file: TrainingFile, path: Path | str, indices: Iterable[int], *, overwrite: bool = False
) -> Saved:
    """`export_now` in a thread."""
    return await aiofiles.os.wrap(export_now)(file, path, indices, overwrite=overwrite)


async def reload(file: TrainingFile) -> TrainingFile:
    """Lets `file` and its unsaved edits go, and opens the version that is on disk now.

    Raises DatasetError, with `file` as it was, when there is none.
    """
    return await aiofiles.os.wrap(_reload)(file)


def save_now(
    file: TrainingFile,
    path: Path | str | None = None,
    *,
    overwrite_changed: bool = False,
    on_progress: OnProgress | None = None,
) -> Saved:
    """Writes the file, whole or not at all; at `path` it goes on living there (save as).

    Raises FileChanged when the version on disk is not the one that was opened (or, for another `path`, when
    a file is there) unless `overwrite_changed`; DatasetError when writing fails: the disk is then as before.
    """
    target = Path(file.path if path is None else path)
    progress = on_progress or _no_progress
    with file.saving:
        if target.resolve() == file.path.resolve():
            return _save(file, overwrite_changed, progress)
        return _save_as(file, target, overwrite_changed, progress)


def export_now(
    file: TrainingFile, path: Path | str, indices: Iterable[int], *, overwrite: bool = False
) -> Saved:
    """Writes the lines `indices`, in that order, to another file; the training file stays where and as it is.

    Raises FileChanged when a file is there and not `overwrite`.
    """
    target = Path(path)
    if target.resolve() == file.path.resolve():
        raise DatasetError(f"{target} is the file itself.", "Give another name for the selection.")
    snapshot = file.snapshot()
    lines = (snapshot.whole_line(index) for index in indices)
    return _written(target, _write(target, overwrite, lines, snapshot, _no_progress))


def _save(file: TrainingFile, overwrite: bool, progress: OnProgress) -> Saved:
    state = file.disk_state
    if state is not DiskState.SAME and not overwrite:
        raise _changed(file.path, state)
    if state is DiskState.SAME and not file.modified:
        return Saved(file.path, file.path.stat().st_size)
    file.require_writable()
    if state is DiskState.REWRITTEN:
        file.require_unchanged_content()
    with file.settled() as (snapshot, is_about_to_be):

        def before_replace(identity: Identity) -> None:
            if file.disk_state is not state:
                raise _changed(file.path, file.disk_state)
            is_about_to_be(identity)

        with replacing(file.path.resolve(), before_replace) as new:
            _fill(new, snapshot.segments(), snapshot, progress)
    return _finish(file, snapshot, new)


def _save_as(file: TrainingFile, target: Path, overwrite: bool, progress: OnProgress) -> Saved:
    if file.disk_state is DiskState.REWRITTEN:
        file.require_unchanged_content()
    with file.moving_to(target) as snapshot:
        new = _write(target, overwrite, snapshot.segments(), snapshot, progress)
    return _finish(file, snapshot, new)


def _write(
    target: Path, overwrite: bool, segments: Iterable[bytes | Range], snapshot: Snapshot, progress: OnProgress
) -> NewFile:
    """Writes a file that is not the open one."""
    if target.exists() and not overwrite:
        raise FileChanged(f"{target} is there already.", "Choose another name, or overwrite it.")
    with replacing(target.resolve()) as new:
        _fill(new, segments, snapshot, progress)
    return new


def _finish(file: TrainingFile, snapshot: Snapshot, new: NewFile) -> Saved:
    file.saved(snapshot, new.identity)
    return _written(file.path, new)


def _written(path: Path, new: NewFile) -> Saved:
    return Saved(path, new.identity.size, tuple(new.notes))


def _fill(new: NewFile, segments: Iterable[bytes | Range], snapshot: Snapshot, progress: OnProgress) -> None:
    """Writes the segments: ours gathered into large writes, the file's own copied by the kernel."""
    total = snapshot.index.size
    written = 0

    def on_written(count: int) -> None:
        nonlocal written
        written += count
        progress(written, max(written, total))

    gathered = bytearray()
    for segment in segments:
        if isinstance(segment, bytes):
            gathered += segment
        if isinstance(segment, Range) or len(gathered) > _FLUSH:
            new.write(gathered)
            on_written(len(gathered))
            gathered.clear()
        if isinstance(segment, Range):
            new.copy(snapshot.fd, segment.start, segment.stop, on_written)
    new.write(gathered)
    on_written(len(gathered))


def _changed(path: Path, state: DiskState) -> FileChanged:
    return FileChanged(
        f"{path} is not the file that was opened: {_CHANGES[state]}.",
        "Reload it, overwrite it, or save yours under another name.",
    )


def _reload(file: TrainingFile) -> TrainingFile:
    fd, _ = open_regular(file.path)
    os.close(fd)
    file.close(discard=True)
    return TrainingFile.open(file.path, journals=file.journals)


def _no_progress(written: int, total: int) -> None:
    """For callers who do not watch."""
