"""Whole files written anew, piece by piece, for the problems that belong to no single line."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import chain

from sentitui.dataset.disk import BOM
from sentitui.dataset.kinds import HEAD_BYTES, WIDE, kind_of
from sentitui.dataset.values import one_line, values

_LONE_CR = re.compile(rb"\r(?!\n)")


def drop_bom(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Without the byte order mark at the beginning."""
    first = next(pieces, b"")
    yield first.removeprefix(BOM)
    yield from pieces


def transcode(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """As UTF-8; what cannot be decoded becomes U+FFFD."""
    first = next(pieces, b"")
    kind = kind_of(first[:HEAD_BYTES], len(first))
    if kind not in WIDE:
        yield from chain([first], pieces)
        return
    decoder = codecs.getincrementaldecoder(kind.value)("replace")
    start = True
    for piece in chain([first], pieces):
        text = decoder.decode(piece)
        yield (text.removeprefix("\ufeff") if start else text).encode()
        start = start and not text
    yield decoder.decode(b"", final=True).encode()


def line_feeds(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """With CRLF and lone CR at line ends as LF; a CR inside a line is white space and stays."""
    for line in lines(pieces):
        body = line.removesuffix(b"\n")
        yield body.removesuffix(b"\r") + line[len(body) :]


def carriage_returns(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """With every CR as LF."""
    held = b""
    for piece in pieces:
        data = held + piece
        held = b"\r" if data.endswith(b"\r") else b""
        yield _LONE_CR.sub(b"\n", data.removesuffix(b"\r")).replace(b"\r\n", b"\n")
    yield b"\n" if held else b""


def drop_blank_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Without lines of white space."""
    return (line for line in lines(pieces) if line.strip())


def elements(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Each element of the one array on its own line."""
    return (one_line(value) + b"\n" for value in values(pieces, in_array=True))


def objects(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Each object on its own line."""
    return (one_line(value) + b"\n" for value in values(pieces, in_array=False))


def lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Every line with its line end; a last line may have none."""
    held: list[bytes] = []
    for piece in pieces:
        first, *rest = piece.split(b"\n")
        held.append(first)
        for following in rest:
            yield b"".join(held) + b"\n"
            held = [following]
    if any(held):
        yield b"".join(held)
