"""What each edit does to the order of lines: pure functions from a tree of pieces to the next one.

The tree covers the lines of the file whether they are known yet or not (`ENDLESS`), so positions stay
right while the index still grows. `Lines` is what is asked of the file underneath: nothing else is known
of it.
"""

from __future__ import annotations

from typing import Protocol

from sentitui.dataset import pieces
from sentitui.dataset.edits import Batch, Delete, Duplicate, Edit, Insert, Move, Replace, SingleEdit, singles
from sentitui.dataset.pieces import Node, Own, Piece, Run, Tree
from sentitui.errors import DatasetError

# More lines than any file has: the last run of an untouched file reaches this far.
ENDLESS = 1 << 60


class Lines(Protocol):
    """The lines of the file as opened."""

    @property
    def count(self) -> int:
        """The number of lines known so far."""
        ...

    @property
    def terminator(self) -> bytes:
        """The terminator that most lines have."""
        ...

    def line(self, line: int, limit: int | None = None) -> bytes:
        """A line without its terminator."""
        ...

    def terminator_of(self, line: int) -> bytes:
        """The terminator of a line."""
        ...


def untouched() -> Node:
    """The tree of a file without edits."""
    return Node(None, Run(0, ENDLESS), None)


def length(tree: Node, lines: Lines) -> int:
    """The number of lines known so far, edits included."""
    return tree.count - ENDLESS + lines.count


def line_at(tree: Tree, index: int, lines: Lines, limit: int | None = None) -> bytes:
    """The bytes of line `index`, at most `limit` of them."""
    piece, inside = pieces.find(tree, index)
    return piece.line[:limit] if isinstance(piece, Own) else lines.line(piece.start + inside, limit)


def terminator_at(tree: Tree, index: int, lines: Lines) -> bytes:
    """The terminator of line `index`."""
    piece, inside = pieces.find(tree, index)
    return piece.terminator if isinstance(piece, Own) else lines.terminator_of(piece.start + inside)


def applied(tree: Node, edit: Edit, lines: Lines) -> Node:
    """The tree after `edit`; DatasetError when it names a line that is not there."""
    for single in singles(edit):
        tree = _applied(tree, single, lines)
    return tree


def inverse(tree: Node, edit: Edit, lines: Lines) -> Edit:
    """What takes `edit` back, given the tree before it: lines and terminators written out."""
    undone: list[SingleEdit] = []
    for single in singles(edit):
        undone.append(_inverse(tree, single, lines))
        tree = _applied(tree, single, lines)
    return undone[0] if not isinstance(edit, Batch) else Batch(tuple(reversed(undone)))


def _applied(tree: Node, edit: SingleEdit, lines: Lines) -> Node:
    known = length(tree, lines)
    _require(edit.index, known + 1 if isinstance(edit, Insert) else known)
    match edit:
        case Replace(index, line):
            terminator = terminator_at(tree, index, lines)
            return _insert(pieces.remove(tree, index)[0], index, Own(line, terminator))
        case Insert(index, line, terminator):
            return _insert(tree, index, Own(line, lines.terminator if terminator is None else terminator))
        case Delete(index):
            return _whole(pieces.remove(tree, index)[0])
        case Move(index, to):
            _require(to, known)
            rest, piece = pieces.remove(tree, index)
            return _insert(rest, to, piece)
        case Duplicate(index):
            piece, inside = pieces.find(tree, index)
            copy = piece if isinstance(piece, Own) else Run(piece.start + inside, 1)
            return _insert(tree, index + 1, copy)


def _inverse(tree: Node, edit: SingleEdit, lines: Lines) -> SingleEdit:
    match edit:
        case Replace(index, _):
            return Replace(index, line_at(tree, index, lines))
        case Insert(index, _, _):
            return Delete(index)
        case Delete(index):
            return Insert(index, line_at(tree, index, lines), terminator_at(tree, index, lines))
        case Move(index, to):
            return Move(to, index)
        case Duplicate(index):
            return Delete(index + 1)


def _insert(tree: Tree, index: int, piece: Piece) -> Node:
    return pieces.insert(tree, index, piece)


def _whole(tree: Tree) -> Node:
    # Never empty: the endless run behind the known lines cannot be deleted.
    return tree if tree is not None else untouched()


def _require(index: int, count: int) -> None:
    if not 0 <= index < count:
        raise DatasetError(
            f"There is no line {index + 1}: the file has {count} lines now.", "Choose another line."
        )
