"""Where the values of a JSON text are, byte by byte.

Finds spans, decodes nothing but keys. Works on text that has already been found to be valid JSON; on any
other text the answer means nothing. Refuses a path that is not there, and a key that stands twice on the
way to it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from sentitui.errors import DatasetError

Path = tuple[str | int, ...]

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
# Numbers and literals end at the next of these.
_SCALAR = re.compile(rb"[^\s,\]}]+")
_SPACE = re.compile(rb"[ \t\n\r]*")
_DEPTH = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to `stop` of the text."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One element of an array, or one member of an object: `whole` includes the key of a member."""

    key: str | None
    whole: Span
    value: Span


def value_span(text: bytes, path: Path) -> Span:
    """Where the value at `path` is; DatasetError when nothing is, or a key on the way stands twice."""
    start = _skip_space(text, 0)
    span = Span(start, value_stop(text, start))
    for depth, step in enumerate(path):
        span = child(text, span, step, path[: depth + 1]).value
    return span


def child(text: bytes, parent: Span, step: str | int, path: Path) -> Entry:
    """The entry of `parent` that `step` names; `path` is for the message."""
    wanted = b"{" if isinstance(step, str) else b"["
    if text[parent.start : parent.start + 1] != wanted:
        container = "an object" if isinstance(step, str) else "an array"
        raise DatasetError(f"There is no {shown(path)} in this line: its parent is not {container}.")
    found = entries(text, parent)
    if isinstance(step, int):
        if not 0 <= step < len(found):
            raise DatasetError(
                f"There is no {shown(path)} in this line: the array has {len(found)} elements."
            )
        return found[step]
    named = [entry for entry in found if entry.key == step]
    if len(named) > 1:
        raise DatasetError(
            f"The key {step!r} of {shown(path)} stands {len(named)} times; which is meant is not clear.",
            "Edit the line as JSON and keep one of them.",
        )
    if not named:
        raise DatasetError(f"There is no {shown(path)} in this line.")
    return named[0]


def entries(text: bytes, parent: Span) -> list[Entry]:
    """The elements or members of the array or object at `parent`, in order."""
    is_object = text[parent.start] == ord("{")
    found: list[Entry] = []
    position = _skip_space(text, parent.start + 1)
    while position < parent.stop - 1:
        start, key = position, None
        if is_object:
            stop = value_stop(text, position)
            key = json.loads(text[position:stop])
            position = _skip_space(text, _skip_space(text, stop) + 1)  # past the colon
        stop = value_stop(text, position)
        found.append(Entry(key, Span(start, stop), Span(position, stop)))
        position = _skip_space(text, stop)
        if text[position : position + 1] == b",":
            position = _skip_space(text, position + 1)
    return found


def value_stop(text: bytes, start: int) -> int:
    """Where the value that begins at `start` ends."""
    first = text[start : start + 1]
    if first not in {b"{", b"["}:
        match = (_STRING if first == b'"' else _SCALAR).match(text, start)
        return match.end() if match else start
    depth = 0
    for match in _DEPTH.finditer(text, start):
        mark = match[0][0]
        if mark in b"{[":
            depth += 1
        elif mark in b"}]":
            depth -= 1
            if depth == 0:
                return match.end()
    return len(text)


def shown(path: Path) -> str:
    """A path as people read it: messages[2].content."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def _skip_space(text: bytes, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position
