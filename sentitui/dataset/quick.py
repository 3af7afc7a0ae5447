"""Reads a JSON line at parser speed when that is provably enough, else with the careful reader.

A line is settled quickly when the strict parser takes it, its decoded strings account for every quote in it
(so no key was repeated), it holds no number that could be changed by a save, and its nesting is shallow.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from sentitui.dataset.scan import MAX_DEPTH, Scan, scan

_SHALLOW = 100
_PAIR = re.compile(rb"\\\\")
_ODD_NUMBER = re.compile(rb"[0-9]{15}|[0-9.][eE]")
_FIFTEEN_DIGITS = 10**14

_decode = msgspec.json.Decoder().decode


def read(line: bytes) -> Scan:
    """What a line holds; the same as `scan` says, mostly much sooner (exact depth only when above 100)."""
    brackets = line.count(b"[") + line.count(b"{")
    if brackets > _SHALLOW:
        return scan(line)
    try:
        value = _decode(line)
    except (ValueError, RecursionError):
        return scan(line)
    strings, plain = _contents(value)
    # Few lines hold a number that needs a look at its spelling, and searching a line for one is slow.
    if unescaped_quotes(line) != 2 * strings or not (plain or _ODD_NUMBER.search(line) is None):
        return scan(line)
    return Scan(value, depth=min(brackets, MAX_DEPTH))


def unescaped_quotes(data: bytes) -> int:
    """How many quotes in JSON text open or close a string: all but those after an odd run of backslashes."""
    return data.count(b'"') - escaped_quotes(data)


def escaped_quotes(data: bytes) -> int:
    """How many quotes in JSON text are written as an escape."""
    if b"\\" not in data:
        return 0
    # Pairs of backslashes are removed from the left of each run, as a parser reads them.
    single = data.replace(b"\\\\", b"") if _PAIR.search(data) else data
    return single.count(b'\\"')


def _contents(value: Any) -> tuple[int, bool]:
    """How many strings a decoded value is made of, keys included, and whether all its numbers are small
    integers."""
    count, plain, stack = 0, True, [[value]]
    while stack:
        for node in stack.pop():
            kind = type(node)
            if kind is str:
                count += 1
            elif kind is dict:
                count += len(node)
                stack.append(node.values())
            elif kind is list:
                stack.append(node)
            elif kind is float or (kind is int and not -_FIFTEEN_DIGITS < node < _FIFTEEN_DIGITS):
                plain = False
    return count, plain
