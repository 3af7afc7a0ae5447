"""The types of JSON values, in the words that messages use."""

from __future__ import annotations

from typing import Any


def type_name(value: Any) -> str:
    """What a decoded JSON value is: "a string", "an array", "null"..."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    kind: type = type(value)
    return _NAMES.get(kind, "a number")


_NAMES: dict[type, str] = {str: "a string", list: "an array", dict: "an object"}
