"""Byte gates of the text rules that no general gate does quickly enough.

Each looks for something rare first (one byte, one translated run) and errs on the side of picking a line.
Escapes are text too: a gate looks for characters as bytes and as \\u escapes.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable

from sentitui.dataset.gates import ASCII, Block, Gate, chars_gate

# \b and \f are the short escapes of U+0008 and U+000C.
_CONTROL_ESCAPE = re.compile(rb"\\(?:[bf]|u00(?:[0189]|7[fF]))")
_c1_gate = chars_gate((0x80, 0x9F))

_RUN = bytes(48 if byte in b"0123456789 -.()/+" else 120 for byte in range(256))
# The shortest thing that is reported: +3545551234. A card has 13 digits, 555-123-4567 has 12 characters.
_SHORTEST_NUMBER = b"0" * 11

# Marks in front of which nothing is written but by mojibake: UTF-8 read as Latin-1 or Windows-1252.
_MOJIBAKE = re.compile(rb"\xef\xbf\xbd|\xc3[\x80-\xbf](?:\xc2|\xe2\x80|\xe2\x82|\xe2\x84|\xc5|\xc6|\xcb)")
# High surrogates of the rows beyond the basic plane in which Unicode 15 has combining or decomposing
# characters.
_RARE_PLANES = re.compile(rb"\\u[dD]8(?:0[0-7]|1[abAB]|2[fF]|34|38|3[aA]|7[eE])")
_MOJIBAKE_ESCAPE = re.compile(rb"\\u(?:[fF]{3}[dD]|00[c-fC-F][0-9a-fA-F]\\u(?:00[89abAB]|20|21|01|02))")


def control_gate(block: Block) -> Iterable[int]:
    """Picks lines that may hold control characters."""
    picked: set[int] = set(_c1_gate(block))
    if b"\x7f" in block.data:
        picked.update(block.lines_with(b"\x7f"))
    picked.update(block.lines_spelling(_CONTROL_ESCAPE))
    return picked


def number_gate(block: Block) -> Iterable[int]:
    """Picks lines with a run of at least 11 digits and the marks that divide telephone and card numbers."""
    picked = set(block.escaped_lines)
    if not any(digit in block.data for digit in b"0123456789"):
        return picked
    runs = block.data.translate(_RUN)
    position = runs.find(_SHORTEST_NUMBER)
    while position >= 0:
        index = bisect_right(block.starts, position) - 1
        picked.add(index)
        position = runs.find(_SHORTEST_NUMBER, block.starts[index + 1])
    return picked


def first_bytes_gate(*patterns: bytes) -> Gate:
    """Picks lines in which one of the patterns is found; each begins with a byte that is rare in prose."""
    compiled = [(pattern[:1], re.compile(pattern)) for pattern in patterns]

    def gate(block: Block) -> Iterable[int]:
        picked = set(block.escaped_lines)
        for first, pattern in compiled:
            # One memchr over the block is twenty times faster than any search for more than a byte.
            if first in block.data:
                picked.update(block.lines_matching(pattern))
        return picked

    return gate


def non_nfc_gate(block: Block) -> Iterable[int]:
    """Picks lines that are not NFC, escapes read as the characters that they spell."""
    for index in block.wide_lines:
        line = block.lines[index]
        if b"\\u" not in line:
            text = line.decode("utf-8", "replace")
        elif line.isascii() and _RARE_PLANES.search(line) is None:
            # Reads \uXXXX and leaves all other escapes as they are, at the speed of C.
            text = line.decode("raw_unicode_escape", "replace")
        else:
            yield index
            continue
        if not unicodedata.is_normalized("NFC", text):
            yield index


def mojibake_gate(block: Block) -> Iterable[int]:
    """Picks lines with a replacement character or with what looks like UTF-8 read as another encoding."""
    if not block.has_escapes and not _MOJIBAKE.search(block.beyond_ascii):
        return
    for index in block.wide_lines:
        line = block.lines[index]
        if line.isascii():
            found = block.has_escapes and _MOJIBAKE_ESCAPE.search(line) is not None
        else:
            # A sequence may be spelt half plain and half in escapes; lines that mix the two are rare.
            # Most of a line is ASCII, and a pattern of many beginnings takes its time over each byte.
            suspect = _MOJIBAKE.search(line.translate(None, ASCII)) is not None
            found = suspect and _MOJIBAKE.search(line) is not None
            found = found or (block.has_escapes and b"\\u" in line)
        if found:
            yield index
