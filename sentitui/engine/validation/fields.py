"""Typed reading of a JSON object, with OpenAI's texts and codes for what is wrong.

Names are dotted paths from the body's root ("method.supervised.hyperparameters.n_epochs"). An explicit null
reads as absent, as it does for OpenAI.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from sentitui.engine.responses.errors import ApiError, bad_request

_ARTICLES = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "an integer"}


class Fields:
    """One JSON object of a request body; `prefix` is its own path in the body."""

    def __init__(self, body: Any, prefix: str = "") -> None:
        if not isinstance(body, Mapping):
            raise wrong_type(prefix or "body", "an object", body)
        self._body = body
        self._prefix = prefix

    def path(self, name: str) -> str:
        """A field's full path."""
        return f"{self._prefix}.{name}" if self._prefix else name

    def only(self, known: Collection[str]) -> None:
        """Refuses keys that nobody reads: a misspelt setting must not be ignored silently."""
        for name in self._body:
            if name not in known:
                path = self.path(str(name))
                raise bad_request(
                    f"Unrecognized request argument supplied: {path}", path, "unknown_parameter"
                )

    def value(self, name: str) -> Any:
        """The raw value; None when absent."""
        return self._body.get(name)

    def has(self, name: str) -> bool:
        """Whether there is a value that is not null."""
        return self._body.get(name) is not None

    def require(self, name: str) -> None:
        """Refuses a body without this field."""
        if not self.has(name):
            path = self.path(name)
            raise bad_request(f"Missing required parameter: '{path}'.", path, "missing_required_parameter")

    def text(self, name: str, *, shortest: int = 0, longest: int | None = None) -> str | None:
        """A string, its length in characters."""
        value = self._typed(name, str, "a string")
        if value is None:
            return None
        length = len(value)
        if length < shortest:
            raise self._length(name, "short", f"minimum length {shortest}", length, "below_min_length")
        if longest is not None and length > longest:
            raise self._length(name, "long", f"maximum length {longest}", length, "above_max_length")
        text: str = value
        return text

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """One of these strings."""
        value = self.text(name)
        if value is not None and value not in choices:
            allowed = ", ".join(f"'{choice}'" for choice in choices)
            path = self.path(name)
            message = f"Invalid value: '{value[:100]}'. Supported values for '{path}' are: {allowed}."
            raise bad_request(message, path, "invalid_value")
        return value

    def boolean(self, name: str) -> bool | None:
        """true or false."""
        value: bool | None = self._typed(name, bool, "a boolean")
        return value

    def integer(self, name: str, low: int | None = None, high: int | None = None) -> int | None:
        """A whole number in a closed range; 3.0 is not one."""
        value = self.value(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(self.path(name), "an integer", value)
        self._in_range(name, "integer", value, low, high)
        return value

    def number(
        self, name: str, low: float | None = None, high: float | None = None, *, above: float | None = None
    ) -> float | None:
        """A finite number in a closed range, or strictly above `above`."""
        value = self.value(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            raise wrong_type(self.path(name), "a number", value)
        if above is not None and value <= above:
            path = self.path(name)
            message = (
                f"Invalid '{path}': decimal below minimum value. Expected a value > {above}, but got {value}."
            )
            raise bad_request(message, path, "decimal_below_min_value")
        self._in_range(name, "decimal", value, low, high)
        return float(value)

    def object(self, name: str) -> Fields | None:
        """A nested object."""
        value = self.value(name)
        return None if value is None else Fields(value, self.path(name))

    def array(self, name: str) -> list[Any] | None:
        """A list."""
        value: list[Any] | None = self._typed(name, list, "an array")
        return value

    def _typed(self, name: str, kind: type, expected: str) -> Any:
        value = self.value(name)
        if value is not None and not isinstance(value, kind):
            raise wrong_type(self.path(name), expected, value)
        return value

    def _in_range(self, name: str, kind: str, value: float, low: float | None, high: float | None) -> None:
        path = self.path(name)
        if low is not None and value < low:
            expected, side, code = f">= {low}", "below minimum", "below_min"
        elif high is not None and value > high:
            expected, side, code = f"<= {high}", "above maximum", "above_max"
        else:
            return
        message = (
            f"Invalid '{path}': {kind} {side} value. Expected a value {expected}, but got {value} instead."
        )
        raise bad_request(message, path, f"{kind}_{code}_value")

    def _length(self, name: str, side: str, bound: str, length: int, code: str) -> ApiError:
        path = self.path(name)
        message = (
            f"Invalid '{path}': string too {side}. Expected a string with {bound}, but got {length} instead."
        )
        return bad_request(message, path, f"string_{code}")


def wrong_type(path: str, expected: str, value: Any) -> ApiError:
    """The refusal of a value of another type."""
    message = f"Invalid type for '{path}': expected {expected}, but got {_article(value)} instead."
    return bad_request(message, path, "invalid_type")


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        # An integer beyond the range of a double.
        return False


def _article(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, float):
        return "a decimal number"
    return _ARTICLES.get(type(value), "another type")
