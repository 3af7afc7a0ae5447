"""Between the bytes of a line and an example; and changes of a line that keep every byte they do not
concern.

Decoding refuses what is not one JSON object and says at which byte. Changing a line never re-encodes it:
the new value is spliced in, so unknown keys, key order, number spelling, escapes and spaces stay. What
cannot be written exactly (a lone surrogate, NaN, a key that stands twice on the way) is refused with the
reason.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from sentitui.dataset import paths, spans
from sentitui.dataset.example import Example
from sentitui.dataset.spans import Entry, Span
from sentitui.errors import DatasetError

Path = tuple[str | int, ...] | str

# orjson reads integers beyond 64 bits as floats: lines with that many digits take the exact, slower reader.
_LONG_NUMBER = re.compile(rb"[0-9]{19}")


class UndecodableLine(DatasetError):  # noqa: N818 - it names what the line is
    """A line that is not one JSON object; `byte` is the offset in the line where reading it stopped."""

    def __init__(self, problem: str, byte: int) -> None:
        super().__init__(f"The line is not a JSON object: {problem} (byte {byte}).", "Edit the line as text.")
        self.byte = byte


def decode(line: bytes) -> Example:
    """The example in a line. Raises UndecodableLine with the byte offset."""
    value = _decoded(line)
    if not isinstance(value, dict):
        raise UndecodableLine(f"it holds {_kind(value)}", 0)
    return Example(value)


def encode(example: Example) -> bytes:
    """A new line for an example, compact UTF-8. Only for examples that are not in a file yet."""
    return dumped(example.data, escaped=False, separators=(", ", ": "))


def replace_value(line: bytes, path: Path, value: object) -> bytes:
    """The line with another value at `path` ("messages[0].content" or a tuple of keys and indices).

    The line comes back as it is when the value is the same already, however it is spelled.
    """
    _decoded(line)  # spans mean something only where the line is JSON
    span = spans.value_span(line, _steps(path))
    written = _in_style_of(line, value)
    if _same(line[span.start : span.stop], value):
        return line
    return line[: span.start] + written + line[span.stop :]


def insert_item(line: bytes, path: Path, index: int, value: object) -> bytes:
    """The line with a new element before element `index` of the array at `path` (its length: at the end)."""
    _decoded(line)  # spans mean something only where the line is JSON
    array = _container(line, path, b"[", "an array")
    found = spans.entries(line, array)
    if not 0 <= index <= len(found):
        raise DatasetError(f"There is no place {index} in an array of {len(found)} elements.")
    return _inserted(line, array, found, index, _in_style_of(line, value))


def insert_key(line: bytes, path: Path, key: str, value: object) -> bytes:
    """The line with a new last member `key` in the object at `path` ("" or () is the line itself)."""
    _decoded(line)  # spans mean something only where the line is JSON
    parent = _container(line, path, b"{", "an object")
    found = spans.entries(line, parent)
    if any(entry.key == key for entry in found):
        raise DatasetError(f"The key {key!r} is there already.", "Replace its value.")
    member = _in_style_of(line, key) + _separators(line)[1].encode() + _in_style_of(line, value)
    return _inserted(line, parent, found, len(found), member)


def delete_value(line: bytes, path: Path) -> bytes:
    """The line without the element or member at `path`, its comma taken along."""
    _decoded(line)  # spans mean something only where the line is JSON
    steps = _steps(path)
    if not steps:
        raise DatasetError("The whole example cannot be deleted from its line.", "Delete the line.")
    parent = spans.value_span(line, steps[:-1])
    gone = spans.child(line, parent, steps[-1], steps)
    found = spans.entries(line, parent)
    index = found.index(gone)
    if index + 1 < len(found):
        return line[: gone.whole.start] + line[found[index + 1].whole.start :]
    start = found[index - 1].whole.stop if index else gone.whole.start
    return line[:start] + line[gone.whole.stop :]


def move_item(line: bytes, path: Path, index: int, to: int) -> bytes:
    """The line with element `index` of the array at `path` taken out and put back as element `to`."""
    _decoded(line)  # spans mean something only where the line is JSON
    array = _container(line, path, b"[", "an array")
    found = [entry.whole for entry in spans.entries(line, array)]
    if not (0 <= index < len(found) and 0 <= to < len(found)):
        raise DatasetError(f"Cannot move element {index} to {to} in an array of {len(found)} elements.")
    order = [*found]
    order.insert(to, order.pop(index))
    # What stands between the elements stays where it is.
    parts = [line[: found[0].start]]
    for place, span in enumerate(order):
        parts.append(line[span.start : span.stop])
        end = found[place + 1].start if place + 1 < len(found) else len(line)
        parts.append(line[found[place].stop : end])
    return b"".join(parts)


def dumped(value: object, *, escaped: bool, separators: tuple[str, str]) -> bytes:
    """A value as JSON; DatasetError when JSON cannot say it exactly."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=separators)
        exact = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DatasetError(
            f"The text holds half of a surrogate pair (U+{ord(error.object[error.start]):04X}).",
            "It cannot be written as UTF-8: remove it.",
        ) from error
    except (ValueError, TypeError, RecursionError) as error:
        raise DatasetError(f"The value cannot be written as JSON: {error}") from error
    return exact if not escaped else json.dumps(value, separators=separators).encode()


def _decoded(line: bytes) -> Any:
    if not line.strip(b" \t\r\n"):
        raise UndecodableLine("it is blank", 0)
    try:
        value = orjson.loads(line)
        return json.loads(line) if _LONG_NUMBER.search(line) else value
    except orjson.JSONDecodeError as error:
        # Valid JSON all the same: a number beyond what a double holds.
        if "infinity" not in error.msg:
            raise _refusal(line, error) from error
    except (ValueError, RecursionError) as error:
        raise UndecodableLine(f"it cannot be read exactly: {error}", 0) from error
    return _decoded_with_infinities(line)


def _decoded_with_infinities(line: bytes) -> Any:
    try:
        value = json.loads(line, parse_constant=_refuse_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # json takes lone surrogates; we do not
    except (ValueError, RecursionError) as error:
        raise UndecodableLine(f"it cannot be read exactly: {error}", 0) from error
    return value


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _refusal(line: bytes, error: orjson.JSONDecodeError) -> UndecodableLine:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return UndecodableLine(f"byte 0x{line[wrong.start]:02X} is not UTF-8", wrong.start)
    return UndecodableLine(error.msg, len(text[: error.pos].encode("utf-8")))


def _steps(path: Path) -> tuple[str | int, ...]:
    if not isinstance(path, str):
        return path
    try:
        return paths.parse(path)
    except ValueError as error:
        raise DatasetError(f"{path!r} is not a JSON path.", "Write it like messages[0].content.") from error


def _container(line: bytes, path: Path, opening: bytes, kind: str) -> Span:
    steps = _steps(path)
    span = spans.value_span(line, steps)
    if line[span.start : span.start + 1] != opening:
        raise DatasetError(f"{spans.shown(steps) or 'The line'} is not {kind}.")
    return span


def _inserted(line: bytes, parent: Span, found: list[Entry], index: int, text: bytes) -> bytes:
    if not found:
        return line[: parent.start + 1] + text + line[parent.start + 1 :]
    if len(found) > 1:
        between = line[found[0].whole.stop : found[1].whole.start]
    else:
        between = _separators(line)[0].encode()
    if index == len(found):
        at = found[-1].whole.stop
        return line[:at] + between + text + line[at:]
    at = found[index].whole.start
    return line[:at] + text + between + line[at:]


def _same(spelled: bytes, value: object) -> bool:
    """Whether the value in the line is this one: types and key order too (1, 1.0 and true differ)."""
    try:
        old = json.loads(spelled)
    except (ValueError, RecursionError):
        return (
            False  # orjson takes a number of 5,000 digits and 1,024 levels, json does not: no value of ours
        )
    if isinstance(old, str) or isinstance(value, str):
        return isinstance(old, str) and old == value
    return json.dumps(old) == json.dumps(value)


def _in_style_of(line: bytes, value: object) -> bytes:
    """The value as JSON, with the escapes and spaces that the line uses."""
    escaped = line.isascii() and b"\\u" in line
    return dumped(value, escaped=escaped, separators=_separators(line))


def _separators(line: bytes) -> tuple[str, str]:
    """What the line puts between members and after keys, judged by its first object."""
    spaced = re.match(rb'\s*\{\s*"[^"\\]*(?:\\.[^"\\]*)*"\s*:( ?)', line)
    return (", ", ": ") if spaced and spaced[1] else (",", ":")


def _kind(value: object) -> str:
    kinds = {list: "an array", str: "a string", bool: "true or false", int: "a number", float: "a number"}
    return "null" if value is None else kinds.get(type(value), "something else")
