"""A careful reader of one JSON line: RFC 8259 to the letter, one token at a time, never recursing.

Finds in one pass what the fast parsers pass over or only refuse: repeated keys, NaN, lone surrogates, numbers
that a save would change, nesting, and where and why the text stops being JSON. Slow (a few MB/s), so the
checker calls it for lines that the fast path could not prove ordinary. Owns no wording beyond the syntax
mistake's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from sentitui.dataset import paths
from sentitui.dataset.mistakes import Mistake, classify

MAX_DEPTH = 1024
"""Reading stops at this nesting: orjson refuses more, and no example needs it."""


DEEPEST = 128
"""Rules look at examples nested at most this deep; deeper ones are an error in themselves."""


class Missing:
    """The type of MISSING: a line that holds no value that could be decoded."""


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a line: JSON path, byte offset, and its text as written."""

    path: str
    byte: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key that occurs again in one object, and whether both values are equal."""

    path: str
    byte: int
    equal: bool


@dataclass(slots=True)
class Scan:
    """What was found in one line; in `value` the last of repeated keys wins, as for every reader."""

    value: Any = MISSING
    error: Mistake | None = None
    repeated: list[Repeated] = field(default_factory=list)
    nonfinite: list[Place] = field(default_factory=list)
    surrogates: list[Place] = field(default_factory=list)
    huge: list[Place] = field(default_factory=list)
    depth: int = 0
    deepest: Place | None = None


_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"')
_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))((?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![0-9A-Za-z_.])")
_WORD = re.compile(r"(true|false|null|NaN|-?Infinity)(?![0-9A-Za-z_])")
_WORDS = {"true": True, "false": False, "null": None, "NaN": float("nan"), "Infinity": float("inf")}
_SURROGATE = re.compile("[\ud800-\udfff]")
_KEY, _KEY_OR_END, _VALUE, _VALUE_OR_END, _COMMA_OR_END = "key", "key or }", "value", "value or ]", "comma"


class _Stop(Exception):  # noqa: N818 - control flow inside this module, not an error
    """Reading cannot go on."""


@dataclass(slots=True)
class _Frame:
    """An open object or array; `at` is the key or index being read, `seen` where each key stands."""

    value: Any
    at: str | int = 0
    seen: set[str] = field(default_factory=set)
    repeats: bool = False


def scan(line: bytes) -> Scan:
    """Reads one line without its line end; bytes that are no UTF-8 are characters unknown to JSON."""
    reader = _Reader(line.decode("utf-8", "surrogateescape"))
    return reader.run()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.stack: list[_Frame] = []
        self.found = Scan()
        self.expect = _VALUE

    def run(self) -> Scan:
        steps: dict[str, Callable[[], None]] = {
            _VALUE: self._value,
            _VALUE_OR_END: self._value,
            _KEY: self._key,
            _KEY_OR_END: self._key,
            _COMMA_OR_END: self._comma_or_end,
        }
        try:
            self._skip()
            self._value()
            while self.stack:
                self._skip()
                steps[self.expect]()
            self._skip()
            if self.position < len(self.text):
                self._fail("end")
        except _Stop:
            self.found.value = MISSING
        return self.found

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position

    def _fail(self, expected: str) -> None:
        opened = self.stack[-1].value if self.stack else None
        mistake = classify(self.text, self.position, expected, in_object=isinstance(opened, dict))
        self.found.error = mistake
        raise _Stop

    def _value(self) -> None:
        char = self.text[self.position : self.position + 1]
        if char == '"':
            self._put(self._string())
        elif char in ("{", "["):
            self._open(char)
        elif char == "]" and self.expect == _VALUE_OR_END:
            self._close()
        else:
            self._put(self._word_or_number())

    def _open(self, char: str) -> None:
        self.stack.append(_Frame({} if char == "{" else []))
        self.position += 1
        self.expect = _KEY_OR_END if char == "{" else _VALUE_OR_END
        if len(self.stack) > self.found.depth:
            self.found.depth = len(self.stack)
            if self.found.depth >= MAX_DEPTH:
                self.found.deepest = Place("", self._byte(self.position - 1))
                raise _Stop

    def _close(self) -> None:
        frame = self.stack.pop()
        self.position += 1
        self._put(frame.value)

    def _key(self) -> None:
        char = self.text[self.position : self.position + 1]
        if char == "}" and self.expect == _KEY_OR_END:
            self._close()
            return
        if char != '"':
            self._fail(self.expect)
        start = self.position
        self.stack[-1].at = 0
        name = self._string()
        self._skip()
        if not self.text.startswith(":", self.position):
            self._fail("colon")
        self.position += 1
        frame = self.stack[-1]
        frame.at, frame.repeats = name, name in frame.seen
        frame.seen.add(name)
        if frame.repeats:
            self.found.repeated.append(Repeated(self._path(), self._byte(start), equal=False))
        self.expect = _VALUE

    def _comma_or_end(self) -> None:
        frame = self.stack[-1]
        is_object = isinstance(frame.value, dict)
        char = self.text[self.position : self.position + 1]
        if char == ",":
            self.position += 1
            self.expect = _KEY if is_object else _VALUE
            if not is_object:
                frame.at = len(frame.value)
        elif char == ("}" if is_object else "]"):
            self._close()
        else:
            self._fail("comma")

    def _put(self, value: Any) -> None:
        """Stores a finished value where it belongs."""
        self.expect = _COMMA_OR_END
        if not self.stack:
            self.found.value = value
            return
        frame = self.stack[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
            return
        if frame.repeats:
            self._compare(frame, value)
        frame.value[frame.at] = value

    def _compare(self, frame: _Frame, value: Any) -> None:
        path = self._path()
        equal = _same(frame.value[frame.at], value)
        last = max(i for i, repeated in enumerate(self.found.repeated) if repeated.path == path)
        self.found.repeated[last] = Repeated(path, self.found.repeated[last].byte, equal)

    def _string(self) -> str:
        match = _STRING.match(self.text, self.position)
        if match is None:
            self._fail("string")
            raise AssertionError
        token = match.group()
        value: str = json.loads(token) if "\\" in token else token[1:-1]
        if "\\u" in token and _SURROGATE.search(value):
            self._note_surrogates(token, self.position)
        self.position = match.end()
        return value

    def _note_surrogates(self, token: str, start: int) -> None:
        for found in _lone_surrogates(token):
            self.found.surrogates.append(
                Place(self._path(), self._byte(start + found.start()), found.group())
            )

    def _word_or_number(self) -> Any:
        word = _WORD.match(self.text, self.position)
        if word is not None:
            return self._word(word.group())
        match = _NUMBER.match(self.text, self.position)
        if match is None:
            self._fail(self.expect)
            raise AssertionError
        text, whole = match.group(), not match.group(2)
        if (len(text) > 15 or "e" in text.lower()) and not _holds(text, whole):
            self.found.huge.append(Place(self._path(), self._byte(self.position), text))
        self.position = match.end()
        return int(text) if whole and len(text) < 40 else float(text)

    def _word(self, word: str) -> Any:
        if word.endswith(("NaN", "Infinity")):
            self.found.nonfinite.append(Place(self._path(), self._byte(self.position), word))
        self.position += len(word)
        return -_WORDS["Infinity"] if word[0] == "-" else _WORDS[word]  # type: ignore[operator]  # a float by name

    def _path(self) -> str:
        path = ""
        for frame in self.stack:
            if isinstance(frame.value, dict) and frame.at == 0:
                break  # no key of this object has been read yet
            path = paths.key(path, frame.at) if isinstance(frame.at, str) else paths.item(path, frame.at)
        return path

    def _byte(self, position: int) -> int:
        return len(self.text[:position].encode("utf-8", "surrogateescape"))


_ESCAPES = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)


def _lone_surrogates(token: str) -> list[re.Match[str]]:
    return [match for match in _ESCAPES.finditer(token) if match.group(1)]


def _holds(text: str, whole: bool) -> bool:
    """Whether a 64-bit integer or a double gives the number back as it is written."""
    if whole:
        return len(text) <= 20 and -(2**63) <= int(text) < 2**63
    number = float(text)
    return abs(number) != float("inf") and Decimal(repr(number)) == Decimal(text)


def _same(first: Any, second: Any) -> bool:
    """Equality of two decoded values as JSON sees it: 1 and true differ."""
    try:
        return json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)
    except RecursionError:
        return False  # nested too deeply to compare, which is reported as such
