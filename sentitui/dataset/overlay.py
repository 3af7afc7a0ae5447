"""What each edit does to the order of lines: pure functions from a tree of pieces to the next one.

The tree covers the lines of the file whether they are known yet or not (`ENDLESS`), so positions stay right
while the index still grows. Owns what an edit means and which one is impossible; keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset import pieces
from sentitui.dataset.edits import (
    Batch,
    Delete,
    Duplicate,
    Edit,
    Insert,
    Move,
    Replace,
    SingleEdit,
    require_one_line,
    singles,
)
from sentitui.dataset.index import LineIndex
from sentitui.dataset.pieces import Node, Own, Piece, Run, Tree
from sentitui.errors import DatasetError

# More lines than any file has: the last run of an untouched file reaches this far.
ENDLESS = 1 << 60


def untouched() -> Node:
    """The tree of a file without edits."""
    return Node(None, Run(0, ENDLESS), None)


def length(tree: Node, index: LineIndex) -> int:
    """The number of lines known so far, edits included."""
    return tree.count - ENDLESS + index.count


def require_line(tree: Node, line: int, index: LineIndex) -> None:
    """Raises DatasetError when line `line` is not there, or not known yet."""
    _require(line, length(tree, index))


def line_at(tree: Tree, line: int, index: LineIndex, limit: int | None = None) -> bytes:
    """The bytes of line `line`, at most `limit` of them."""
    piece, inside = pieces.find(tree, line)
    return piece.line[:limit] if isinstance(piece, Own) else index.line(piece.start + inside, limit)


def terminator_at(tree: Tree, line: int, index: LineIndex) -> bytes:
    """The terminator of line `line`."""
    piece, inside = pieces.find(tree, line)
    return piece.terminator if isinstance(piece, Own) else index.terminator_of(piece.start + inside)


def lines_of(tree: Node, start: int, stop: int | None, index: LineIndex) -> Iterator[bytes]:
    """Lines `start` to `stop` (None: to the last known one), in large reads."""
    known = length(tree, index)
    for piece in pieces.walk(tree, max(start, 0), known if stop is None else min(stop, known)):
        if isinstance(piece, Own):
            yield piece.line
        else:
            yield from index.lines(piece.start, piece.start + piece.count)


def own_lines(tree: Node) -> frozenset[Own]:
    """The lines of ours in the tree."""
    return frozenset(piece for piece in pieces.walk(tree, 0, tree.count) if isinstance(piece, Own))


def explicit(edit: Edit, index: LineIndex) -> Edit:
    """The edit with what it leaves to the file written out, so that it means the same in any version of it.

    Raises DatasetError for a line that would be two.
    """
    whole = tuple(_explicit(single, index) for single in singles(edit))
    return Batch(whole) if isinstance(edit, Batch) else whole[0]


def applied(tree: Node, edit: Edit, index: LineIndex) -> Node:
    """The tree after an explicit `edit`; DatasetError when it names a line that is not there."""
    for single in singles(edit):
        tree = _applied(tree, single, index)
    return tree


def inverse(tree: Node, edit: Edit, index: LineIndex) -> Edit:
    """What takes `edit` back, given the tree before it: lines and terminators written out."""
    undone: list[SingleEdit] = []
    for single in singles(edit):
        undone.append(_inverse(tree, single, index))
        tree = _applied(tree, single, index)
    return Batch(tuple(reversed(undone))) if isinstance(edit, Batch) else undone[0]


def _explicit(edit: SingleEdit, index: LineIndex) -> SingleEdit:
    if isinstance(edit, Replace | Insert):
        require_one_line(edit.line)
    if isinstance(edit, Insert) and edit.terminator is None:
        return Insert(edit.index, edit.line, index.terminator)
    return edit


def _applied(tree: Node, edit: SingleEdit, index: LineIndex) -> Node:
    known = length(tree, index)
    _require(edit.index, known + 1 if isinstance(edit, Insert) else known)
    match edit:
        case Replace(at, line):
            return _spliced(tree, at, 1, Own(line, terminator_at(tree, at, index)))
        case Insert(at, line, terminator):
            return _spliced(tree, at, 0, Own(line, terminator or index.terminator))
        case Delete(at):
            return _spliced(tree, at, 1, None)
        case Move(at, to):
            _require(to, known)
            return _spliced(_spliced(tree, at, 1, None), to, 0, pieces.one(tree, at))
        case Duplicate(at):
            piece = pieces.one(tree, at)
            copy = Own(piece.line, piece.terminator) if isinstance(piece, Own) else piece
            return _spliced(tree, at + 1, 0, copy)


def _spliced(tree: Node, at: int, count: int, piece: Piece | None) -> Node:
    # Never empty: the endless run behind the known lines is not deleted.
    return pieces.spliced(tree, at, count, piece) or untouched()


def _inverse(tree: Node, edit: SingleEdit, index: LineIndex) -> SingleEdit:
    match edit:
        case Replace(at, _):
            return Replace(at, line_at(tree, at, index))
        case Insert(at, _, _):
            return Delete(at)
        case Delete(at):
            return Insert(at, line_at(tree, at, index), terminator_at(tree, at, index))
        case Move(at, to):
            return Move(to, at)
        case Duplicate(at):
            return Delete(at + 1)


def _require(line: int, count: int) -> None:
    if not 0 <= line < count:
        raise DatasetError(f"There is no line {line + 1}: {count} lines are known.", "Choose another line.")
