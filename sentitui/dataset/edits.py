"""What can be done to a training file, as frozen values.

Indices are 0-based positions in the file as it stands when the edit is applied. Lines are bytes without
their terminator. Owns the values and what makes one impossible in itself; how they change the file is
`overlay`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

from sentitui.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Replace:
    """Put `line` in the place of line `index`; its terminator stays."""

    index: int
    line: bytes


@dataclass(frozen=True, slots=True)
class Insert:
    """Put `line` before line `index` (`index` = number of lines: at the end).

    `terminator` None: the one that most lines of the file have.
    """

    index: int
    line: bytes
    terminator: bytes | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Take line `index` out."""

    index: int


@dataclass(frozen=True, slots=True)
class Move:
    """Take line `index` out and put it back so that it is line `to`."""

    index: int
    to: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Put a copy of line `index` right after it."""

    index: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Several edits, in order, as one step: applied all or none, undone together."""

    edits: tuple[Replace | Insert | Delete | Move | Duplicate, ...]


SingleEdit = Replace | Insert | Delete | Move | Duplicate
Edit = SingleEdit | Batch


def singles(edit: Edit) -> tuple[SingleEdit, ...]:
    """The single edits of any edit, in order."""
    return edit.edits if isinstance(edit, Batch) else (edit,)


def require_one_line(line: bytes) -> None:
    """Raises DatasetError when `line` would become two lines in the file."""
    if b"\n" in line:
        raise DatasetError(
            f"The new text of the line holds a line feed at byte {line.index(10)}.",
            r"Inside JSON strings write it as \n; one example is one line.",
        )
