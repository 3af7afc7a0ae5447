"""New files that are whole or not there: written beside their place, synced, then put in it together.

For files that a command makes (a split, a conversion). Saving an open training file, which keeps its mode,
owner and untouched bytes, is another matter (`sentitui.dataset.files`).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from sentitui.dataset.journal import sync_folder
from sentitui.errors import DatasetError


@contextmanager
def new_files(
    paths: Sequence[Path], *, overwrite: bool = False, keep: Sequence[Path] = ()
) -> Iterator[list[BinaryIO]]:
    """Gives an open binary file for each path; they appear when the block ends, or not at all if it raises.

    Raises DatasetError when a path exists already (unless `overwrite`), is one of the `keep` files (what is
    being read), is named twice, or cannot be written.
    """
    places = [path.resolve() for path in paths]
    if len(set(places)) < len(places):
        raise DatasetError(f"{paths[0]} is named twice as a file to write.", "Give each file its own name.")
    for path in places:
        _refuse(path, overwrite, keep)
    try:
        # Inside the try, because closing a draft writes what is buffered, and a full disk says so again.
        with ExitStack() as stack:
            drafts = [_draft(path, stack) for path in places]
            yield [file for file, _ in drafts]
            for file, _ in drafts:
                file.flush()
                os.fsync(file.fileno())
            _put([draft for _, draft in drafts], places, overwrite)
    except OSError as error:
        names = " and ".join(map(str, paths))
        raise DatasetError(
            f"Cannot write {names}: {error.strerror or error}.", "Nothing was kept. Choose another place."
        ) from error


def _refuse(path: Path, overwrite: bool, keep: Sequence[Path]) -> None:
    if not path.exists():
        return
    if any(other.exists() and path.samefile(other) for other in keep):
        raise DatasetError(f"{path} is the file that is being read.", "Write to another name.")
    if not path.is_file():
        raise DatasetError(f"{path} is not a regular file.", "Give the name of a file.")
    if not overwrite:
        raise _exists(path)


def _exists(path: Path) -> DatasetError:
    return DatasetError(f"{path} exists already.", "Choose another name, or overwrite it with --force.")


def _draft(path: Path, stack: ExitStack) -> tuple[BinaryIO, Path]:
    draft = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.part")
    file = stack.enter_context(draft.open("xb"))
    stack.callback(draft.unlink, missing_ok=True)
    return file, draft


def _put(drafts: Sequence[Path], places: Sequence[Path], overwrite: bool) -> None:
    put: list[Path] = []
    try:
        for draft, path in zip(drafts, places, strict=True):
            _put_one(draft, path, overwrite)
            put.append(path)
    except (OSError, DatasetError):
        if not overwrite:
            # All or none: what was not there before goes away again.
            for path in put:
                path.unlink()
        raise
    for folder in {path.parent for path in places}:
        sync_folder(folder)


def _put_one(draft: Path, path: Path, overwrite: bool) -> None:
    if overwrite:
        draft.replace(path)
        return
    try:
        # Unlike a rename, a link never replaces a file that came meanwhile.
        path.hardlink_to(draft)
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        if path.exists():
            raise _exists(path) from error
        # A file system without hard links (FAT, some network ones).
        draft.replace(path)
