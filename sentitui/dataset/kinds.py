"""What kind of file is it, when it is not lines of JSON? Told from its first bytes, in bounded time.

Such a file gets one message instead of one a line; only lines of JSON go on to be checked line by line.
"""

from __future__ import annotations

import csv
import re
from enum import Enum

from sentitui.dataset.scan import scan

HEAD_BYTES = 65_536
"""How much of a file's beginning is looked at."""


class Kind(Enum):
    """The kind of a file as its first bytes tell it."""

    LINES = "lines of JSON"
    NOT_A_FILE = "no regular file"
    EMPTY = "empty"
    GZIP = "gzip data"
    ZIP = "a zip archive"
    PARQUET = "a Parquet file"
    BINARY = "binary data"
    UTF16_LE = "utf-16-le"
    UTF16_BE = "utf-16-be"
    UTF32_LE = "utf-32-le"
    UTF32_BE = "utf-32-be"
    ARRAY = "one JSON array"
    PRETTY = "pretty-printed JSON"
    TABLE = "a table (CSV or TSV)"
    CR_LINES = "lines ended by a lone carriage return"


COMPRESSED = (Kind.GZIP, Kind.ZIP, Kind.PARQUET, Kind.BINARY)
WIDE = (Kind.UTF16_LE, Kind.UTF16_BE, Kind.UTF32_LE, Kind.UTF32_BE)
_MAGIC = (
    (b"\x1f\x8b", Kind.GZIP),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PAR1", Kind.PARQUET),
    (b"\xff\xfe\x00\x00", Kind.UTF32_LE),
    (b"\x00\x00\xfe\xff", Kind.UTF32_BE),
    (b"\xff\xfe", Kind.UTF16_LE),
    (b"\xfe\xff", Kind.UTF16_BE),
    (b"BZh9", Kind.BINARY),
    (b"\xfd7zXZ", Kind.BINARY),
    (b"\x28\xb5\x2f\xfd", Kind.BINARY),
    (b"ARROW1", Kind.BINARY),
    (b"%PDF", Kind.BINARY),
    (b"SQLite format 3", Kind.BINARY),
)
_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"
_COLUMN = re.compile(r"[A-Za-z_][\w .-]{0,60}\Z")


def kind_of(head: bytes, size: int) -> Kind:  # noqa: PLR0911 - one return per kind
    """The kind of a file of `size` bytes that begins with `head` (up to HEAD_BYTES of it)."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    text = head.removeprefix(_BOM).lstrip(_BLANK)
    if not text and len(head) == size:
        return Kind.EMPTY
    if b"\x00" in head[:4096]:
        return _by_zeros(head[:4096])
    if text.startswith(b"["):
        return Kind.ARRAY
    if b"\n" not in head and b"\r" in head and _begins_json(text.split(b"\r", 1)[0]):
        return Kind.CR_LINES
    if text.startswith(b"{"):
        return Kind.PRETTY if _is_spread(text) else Kind.LINES
    return Kind.TABLE if _is_table(text) else Kind.LINES


def _by_zeros(head: bytes) -> Kind:
    """UTF-16 and UTF-32 of mostly Latin text have their zero bytes at fixed places."""
    zeros = [head[place::4].count(0) * 4 > len(head) * 0.8 for place in range(4)]
    found: dict[tuple[bool, ...], Kind] = {
        (False, True, True, True): Kind.UTF32_LE,
        (True, True, True, False): Kind.UTF32_BE,
        (False, True, False, True): Kind.UTF16_LE,
        (True, False, True, False): Kind.UTF16_BE,
    }
    # A stray NUL in a file of lines is a problem of its line.
    return found.get(tuple(zeros), Kind.BINARY if head.count(0) > len(head) // 8 else Kind.LINES)


def _begins_json(line: bytes) -> bool:
    return line.lstrip(_BLANK).startswith((b"{", b"["))


def _is_spread(text: bytes) -> bool:
    """Whether an object goes on over the end of its first line: the line stops early and the next goes on."""
    first, newline, rest = text.partition(b"\n")
    if not newline:
        return False
    mistake = scan(first.rstrip(_BLANK)).error
    if mistake is None or mistake.kind != "cut-line":
        return False
    following = rest.lstrip(_BLANK)[:1]
    # The next line of a cut file begins a new object; the next line of a spread object does not.
    return following in (b'"', b"}", b"]", b"[") or (
        following == b"{" and first.rstrip(_BLANK)[-1:] in b"[,:"
    )


def _is_table(text: bytes) -> bool:
    """Whether the first lines are a header of plain names and rows with as many cells."""
    lines = text[:8192].decode("utf-8", "replace").splitlines()[:6]
    for separator in (",", "\t", ";"):
        try:
            rows = [row for row in csv.reader(lines[: max(2, len(lines) - 1)], delimiter=separator) if row]
        except csv.Error:
            continue
        if len(rows) > 1 and len(rows[0]) > 1 and all(map(_COLUMN.match, rows[0])):
            return any(len(row) == len(rows[0]) for row in rows[1:])
    return False
