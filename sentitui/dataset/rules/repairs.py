"""What repairs are made of: one value of a line changed, every other byte kept.

A repair that cannot be done (the place is gone, the text cannot be written) gives None: the line stays as
it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from sentitui.dataset import splice

# What a path that is not there, and text that is no UTF-8, raise on the way.
_CANNOT = (LookupError, ValueError, TypeError)


def change(line: bytes, path: str, new: Callable[[Any], Any]) -> bytes | None:
    """The line with the value at `path` replaced by `new(value)`; None when that cannot be done."""
    try:
        span = splice.find(line, path)
        changed = new(orjson.loads(line[span.start : span.end]))
        return None if changed is None else splice.replace(line, path, changed)
    except _CANNOT:
        return None


def wrap(line: bytes, path: str, before: bytes, after: bytes) -> bytes | None:
    """The line with bytes put before and after the value at `path`, the value itself untouched."""
    try:
        span = splice.find(line, path)
    except _CANNOT:
        return None
    return line[: span.start] + before + line[span.start : span.end] + after + line[span.end :]


def add(line: bytes, path: str, key: str, value: Any) -> bytes | None:
    """The line with one more key in the object at `path`; None when there is no such object."""
    try:
        return splice.add(line, path, key, value)
    except _CANNOT:
        return None


def drop(line: bytes, path: str) -> bytes | None:
    """The line without the member or element at `path`; None when it is not there."""
    try:
        return splice.remove(line, path)
    except _CANNOT:
        return None


def rename(line: bytes, path: str, key: str) -> bytes | None:
    """The line with the key of the member at `path` written anew; None when it is not there."""
    try:
        return splice.rename(line, path, key)
    except _CANNOT:
        return None


def value_at(line: bytes, path: str) -> Any:
    """The decoded value at `path`, or None when nothing is there."""
    try:
        span = splice.find(line, path)
        return orjson.loads(line[span.start : span.end])
    except _CANNOT:
        return None


def spelling(line: bytes, path: str) -> str | None:
    """The value at `path` as the line writes it, or None when nothing is there."""
    try:
        span = splice.find(line, path)
        return line[span.start : span.end].decode("utf-8")
    except _CANNOT:
        return None
