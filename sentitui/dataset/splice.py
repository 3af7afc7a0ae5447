"""Changes one value of a JSON line in place: every byte outside that value stays as it was.

Works on lines that are valid JSON; raises KeyError when the path is not there. Of a repeated key the last one
counts, as for every reader. Owns no meaning: rules decide what to write.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from sentitui.dataset import paths

_SPACE = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,\]}]+")
_NEXT = re.compile(rb'[\[\]{}"]')


@dataclass(frozen=True, slots=True)
class Span:
    """Where a member stands: its value is `start:end`, its key (if any) begins at `first`."""

    first: int
    start: int
    end: int


def replace(line: bytes, path: str, value: Any) -> bytes:
    """The line with the value at `path` written anew."""
    span = find(line, path)
    return line[: span.start] + orjson.dumps(value) + line[span.end :]


def change(line: bytes, path: str, edit: Callable[[Any], Any]) -> bytes:
    """The line with the value at `path` replaced by what `edit` makes of it."""
    span = find(line, path)
    return (
        line[: span.start] + orjson.dumps(edit(orjson.loads(line[span.start : span.end]))) + line[span.end :]
    )


def remove(line: bytes, path: str) -> bytes:
    """The line without the member or element at `path`, and without the comma that it no longer needs."""
    span = find(line, path)
    before, after = line[: span.first], line[span.end :]
    rest = after.lstrip(b" \t\r\n")
    if rest.startswith(b","):
        return before + rest[1:].lstrip(b" \t\r\n")
    trimmed = before.rstrip(b" \t\r\n")
    return (trimmed[:-1] if trimmed.endswith(b",") else before) + after


def add(line: bytes, path: str, key: str, value: Any) -> bytes:
    """The line with one more key, the first one of the object at `path`."""
    span = find(line, path)
    inside = _skip(line, span.start + 1)
    comma = b"" if line[inside : inside + 1] == b"}" else b", "
    return line[:inside] + orjson.dumps(key) + b": " + orjson.dumps(value) + comma + line[inside:]


def rename(line: bytes, path: str, key: str) -> bytes:
    """The line with the key of the member at `path` written anew."""
    span = find(line, path)
    match = _STRING.match(line, span.first)
    if match is None:
        raise KeyError(path)
    return line[: span.first] + orjson.dumps(key) + line[match.end() :]


def find(line: bytes, path: str) -> Span:
    """Where the value at `path` stands; "" is the whole value of the line."""
    start = _skip(line, 0)
    span = Span(start, start, _value_end(line, start))
    for step in paths.parse(path):
        span = _member(line, span.start, step) if isinstance(step, str) else _element(line, span.start, step)
    return span


def _member(line: bytes, start: int, name: str) -> Span:
    found: Span | None = None
    position = _inside(line, start, b"{", name)
    while line[position : position + 1] == b'"':
        key = _STRING.match(line, position)
        if key is None:
            break
        value = _skip(line, _skip(line, key.end()) + 1)
        end = _value_end(line, value)
        if orjson.loads(key.group()) == name:
            found = Span(position, value, end)
        position = _after_comma(line, end)
    if found is None:
        raise KeyError(name)
    return found


def _element(line: bytes, start: int, index: int) -> Span:
    position = _inside(line, start, b"[", index)
    for _ in range(index):
        position = _after_comma(line, _value_end(line, position))
    if position >= len(line) or line[position : position + 1] == b"]":
        raise KeyError(index)
    return Span(position, position, _value_end(line, position))


def _inside(line: bytes, start: int, bracket: bytes, step: str | int) -> int:
    if line[start : start + 1] != bracket:
        raise KeyError(step)
    return _skip(line, start + 1)


def _after_comma(line: bytes, end: int) -> int:
    position = _skip(line, end)
    return _skip(line, position + 1) if line[position : position + 1] == b"," else position


def _skip(line: bytes, position: int) -> int:
    match = _SPACE.match(line, position)
    return match.end() if match else position


def _value_end(line: bytes, start: int) -> int:
    """The end of the value that begins at `start`, by counting brackets outside strings."""
    if line[start : start + 1] not in (b"{", b"[", b'"'):
        match = _SCALAR.match(line, start)
        return match.end() if match else start
    depth, position = 0, start
    while position < len(line):
        match = _NEXT.search(line, position)
        if match is None:
            break
        if match.group() == b'"':
            string = _STRING.match(line, match.start())
            position = string.end() if string else len(line)
        else:
            depth += 1 if match.group() in b"{[" else -1
            position = match.end()
        if depth == 0:
            return position
    return len(line)
