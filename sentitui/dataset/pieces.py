"""The order of the lines of an edited file: an immutable balanced tree of pieces.

A piece is a run of lines as they stand in the file, or one line of our own. Every change makes a new tree
that shares all but O(log n) nodes with the old one, so the old tree is the undo step and a save reads a
still picture while editing goes on. Memory grows with the edits, never with the file. Knows no file: only
numbers and our lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """Lines `start` to `start + count` of the file as opened."""

    start: int
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """One line of our own: its bytes and its terminator (b"" only at the end of a file without one)."""

    line: bytes
    terminator: bytes
    count: int = 1


Piece = Run | Own


class Node:
    """A tree node: the lines of `left`, then `piece`, then the lines of `right`. Never changed once made."""

    __slots__ = ("count", "height", "left", "piece", "right")

    def __init__(self, left: Tree, piece: Piece, right: Tree) -> None:
        self.left = left
        self.piece = piece
        self.right = right
        self.count: int = (left.count if left else 0) + piece.count + (right.count if right else 0)
        self.height: int = 1 + max(left.height if left else 0, right.height if right else 0)


Tree = Node | None


def find(tree: Tree, index: int) -> tuple[Piece, int]:
    """The piece that holds line `index`, and the line's place in it. Raises IndexError outside the tree."""
    while tree is not None:
        before = tree.left.count if tree.left else 0
        if index < before:
            tree = tree.left
        elif index < before + tree.piece.count:
            return tree.piece, index - before
        else:
            index -= before + tree.piece.count
            tree = tree.right
    raise IndexError(index)


def join(left: Tree, piece: Piece, right: Tree) -> Node:
    """The tree of `left`, `piece`, `right`, balanced, in O(difference of their heights)."""
    tilt = _height(left) - _height(right)
    if left is not None and tilt > 1:
        return _balanced(left.left, left.piece, join(left.right, piece, right))
    if right is not None and tilt < -1:
        return _balanced(join(left, piece, right.left), right.piece, right.right)
    return Node(left, piece, right)


def concat(left: Tree, right: Tree) -> Tree:
    """The tree of all lines of `left`, then all of `right`."""
    if left is None or right is None:
        return left or right
    rest, last = _without_last(left)
    return join(rest, last, right)


def spliced(tree: Tree, index: int, count: int, piece: Piece | None) -> Tree:
    """The tree with `piece` (or nothing) in the place of `count` lines (0 or 1) at line `index`."""
    if tree is None:
        return Node(None, piece, None) if piece else None
    before = tree.left.count if tree.left else 0
    inside = index - before
    if inside < 0 or (inside == 0 and count == 0):
        return join(spliced(tree.left, index, count, piece), tree.piece, tree.right)
    if inside >= tree.piece.count:
        return join(tree.left, tree.piece, spliced(tree.right, inside - tree.piece.count, count, piece))
    left, right = tree.left, tree.right
    if isinstance(tree.piece, Run):
        first, last = tree.piece.start, tree.piece.start + tree.piece.count
        if inside:
            left = join(left, Run(first, inside), None)
        if first + inside + count < last:
            right = join(None, Run(first + inside + count, last - first - inside - count), right)
    return join(left, piece, right) if piece else concat(left, right)


def one(tree: Tree, index: int) -> Piece:
    """Line `index` as a piece of its own."""
    piece, inside = find(tree, index)
    return Run(piece.start + inside, 1) if isinstance(piece, Run) else piece


def walk(tree: Tree, start: int, stop: int) -> Iterator[Piece]:
    """The pieces of lines `start` to `stop`, in order, runs cut to fit."""
    pending: list[tuple[Node, int]] = []
    offset = 0
    while tree is not None or pending:
        while tree is not None:
            pending.append((tree, offset))
            # A left subtree that ends before `start` holds nothing wanted.
            tree = tree.left if tree.left and offset + tree.left.count > start else None
        node, offset = pending.pop()
        begin = offset + (node.left.count if node.left else 0)
        if begin >= stop:
            return
        end = begin + node.piece.count
        if end > start:
            yield _cut(node.piece, max(start - begin, 0), min(stop, end) - begin)
        tree, offset = node.right, end


def _cut(piece: Piece, start: int, stop: int) -> Piece:
    return Run(piece.start + start, stop - start) if isinstance(piece, Run) else piece


def _height(tree: Tree) -> int:
    return tree.height if tree else 0


def _balanced(left: Tree, piece: Piece, right: Tree) -> Node:
    """A node of two trees whose heights differ by at most two: the AVL rotations."""
    tilt = _height(left) - _height(right)
    if left is not None and tilt > 1:
        if _height(left.left) >= _height(left.right):
            return Node(left.left, left.piece, Node(left.right, piece, right))
        inner = left.right
        if inner is not None:
            return Node(Node(left.left, left.piece, inner.left), inner.piece, Node(inner.right, piece, right))
    if right is not None and tilt < -1:
        if _height(right.right) >= _height(right.left):
            return Node(Node(left, piece, right.left), right.piece, right.right)
        inner = right.left
        if inner is not None:
            return Node(
                Node(left, piece, inner.left), inner.piece, Node(inner.right, right.piece, right.right)
            )
    return Node(left, piece, right)


def _without_last(tree: Node) -> tuple[Tree, Piece]:
    if tree.right is None:
        return tree.left, tree.piece
    rest, last = _without_last(tree.right)
    return join(tree.left, tree.piece, rest), last
