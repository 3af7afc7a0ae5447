"""What repairs are made of: one value of a line changed, every other byte kept.

A thin layer over the codec: a repair that cannot be done (the place is gone, a key on the way stands twice,
the text cannot be written) gives None, and the line stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from sentitui.dataset import codec, paths, spans
from sentitui.dataset.spans import Entry, Span
from sentitui.errors import DatasetError

# What a path that is not there, and text that is no UTF-8 or no JSON, raise on the way.
_CANNOT = (LookupError, ValueError, TypeError, DatasetError)


def change(line: bytes, path: str, new: Callable[[Any], Any]) -> bytes | None:
    """The line with the value at `path` replaced by `new(value)`; None when that cannot be done."""
    try:
        span = _value(line, path)
        changed = new(orjson.loads(line[span.start : span.stop]))
        return None if changed is None else codec.replace_value(line, path, changed)
    except _CANNOT:
        return None


def wrap(line: bytes, path: str, before: bytes, after: bytes) -> bytes | None:
    """The line with bytes put before and after the value at `path`, the value itself untouched."""
    try:
        span = _value(line, path)
    except _CANNOT:
        return None
    return line[: span.start] + before + line[span.start : span.stop] + after + line[span.stop :]


def add(line: bytes, path: str, key: str, value: Any) -> bytes | None:
    """The line with one more key in the object at `path`; None when there is no such object."""
    try:
        return codec.insert_key(line, path, key, value)
    except _CANNOT:
        return None


def drop(line: bytes, path: str) -> bytes | None:
    """The line without the member or element at `path`; None when it is not there."""
    try:
        return codec.delete_value(line, path)
    except _CANNOT:
        return None


def drop_repetition(line: bytes, path: str) -> bytes | None:
    """The line without the last of the members at `path` that have the same key; None if no two are."""
    try:
        *above, key = paths.parse(path)
        parent = spans.value_span(line, tuple(above))
        named = [entry for entry in spans.entries(line, parent) if entry.key == key]
        if len(named) < 2:
            return None
        return _without(line, spans.entries(line, parent), named[-1])
    except _CANNOT:
        return None


def rename(line: bytes, path: str, key: str) -> bytes | None:
    """The line with the key of the member at `path` written anew; None when it is not there."""
    try:
        *above, last = paths.parse(path)
        entry = spans.child(line, spans.value_span(line, tuple(above)), last, tuple(above))
        stop = spans.value_stop(line, entry.whole.start)
        return line[: entry.whole.start] + orjson.dumps(key) + line[stop:]
    except _CANNOT:
        return None


def value_at(line: bytes, path: str) -> Any:
    """The decoded value at `path`, or None when nothing is there."""
    try:
        span = _value(line, path)
        return orjson.loads(line[span.start : span.stop])
    except _CANNOT:
        return None


def spelling(line: bytes, path: str) -> str | None:
    """The value at `path` as the line writes it, or None when nothing is there."""
    try:
        span = _value(line, path)
        return line[span.start : span.stop].decode("utf-8")
    except _CANNOT:
        return None


def _value(line: bytes, path: str) -> Span:
    return spans.value_span(line, paths.parse(path))


def _without(line: bytes, entries: list[Entry], gone: Entry) -> bytes:
    """The line without a member that is not the first, and the comma before it."""
    before = entries[entries.index(gone) - 1]
    return line[: before.whole.stop] + line[gone.whole.stop :]
