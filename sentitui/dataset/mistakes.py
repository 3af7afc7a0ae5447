"""What a JSON mistake is called: the place where reading stopped, told in words a person can act on.

Looks at the character that could not be read and at what was expected there. Refuses to guess further: one
mistake per line, the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sentitui.dataset.diagnostics import shown

_SMART_QUOTES = "“”„‟«»‘’‚‛＂＇"
_BLANKS = (
    "\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f"
)
_INVISIBLE = _BLANKS + "\u205f\u2060\u3000\ufeff\x0b\x0c\x85"
_PYTHON = re.compile(r"(True|False|None)(?![A-Za-z0-9_])")
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")
_COMMENT = re.compile(r"//|/\*|#")
_NUMBER_LIKE = re.compile(r"[+-]?\.?[0-9][0-9A-Za-z_.+-]*|[+-](?=[A-Za-z.])\S*")
_IN_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*')


@dataclass(frozen=True, slots=True)
class Mistake:
    """A syntax mistake: its kind (stable, for repairs and tests), the byte where it is, and the sentence."""

    kind: str
    byte: int
    message: str


def classify(text: str, position: int, expected: str, *, in_object: bool) -> Mistake:
    """Names the mistake at `position`, where `expected` could not be read."""
    if expected == "string" or (text.startswith('"', position) and expected in ("key", "value")):
        kind, position, message = _in_string(text, position)
    else:
        kind, message = _between_tokens(text, position, expected, in_object)
    return Mistake(kind, len(text[:position].encode("utf-8", "surrogateescape")), message)


def _in_string(text: str, start: int) -> tuple[str, int, str]:
    match = _IN_STRING.match(text, start)
    position = match.end() if match else start
    char = text[position : position + 1]
    if not char:
        return (
            "cut-line",
            start,
            "the line ends inside a string: it was cut off, or a closing quote is missing",
        )
    if char == "\\":
        escape = shown(text[position : position + 2])
        if position + 1 >= len(text):
            return (
                "cut-line",
                start,
                "the line ends inside a string: it was cut off, or a closing quote is missing",
            )
        if text[position + 1] == "u":
            return (
                "bad-escape",
                position,
                f"{shown(text[position : position + 6])} is no escape: \\u needs 4 hex digits",
            )
        return "bad-escape", position, f"{escape} is no JSON escape: write \\\\ for a backslash"
    escape = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}.get(char, f"\\u{ord(char):04x}")
    return "control-character", position, f"a raw control character in a string: write it as {escape}"


def _between_tokens(  # noqa: PLR0911 - one return per kind of mistake
    text: str, position: int, expected: str, in_object: bool
) -> tuple[str, str]:
    char = text[position : position + 1]
    if not char:
        return _at_end(text, expected)
    if char in _INVISIBLE:
        return (
            "odd-space",
            f"{shown(char)} (U+{ord(char):04X}) between tokens: only plain spaces may stand there",
        )
    if "\udc80" <= char <= "\udcff":
        return "invalid-bytes", "bytes that are no UTF-8 stand between tokens"
    if char in _SMART_QUOTES:
        return "smart-quotes", f'typographic quote {char}: JSON strings stand in straight double quotes "'
    if _COMMENT.match(text, position):
        return "comment", "a comment: JSON has none"
    if expected == "end":
        return _after_value(text, position)
    if char in "}]" and text[:position].rstrip(" \t\r\n").endswith(","):
        return "trailing-comma", f"a comma before {char}: the last element has none"
    if expected == "colon":
        return "missing-colon", f"expected : after the key, found {shown(text[position:], 12)}"
    if expected == "comma":
        return _missing_comma(text, position, in_object)
    return _wrong_value(text, position, expected)


def _at_end(text: str, expected: str) -> tuple[str, str]:
    if not text.strip(" \t\r\n"):
        return "empty", "the line holds nothing"
    where = {"colon": "after a key", "comma": "inside an object or array"}.get(
        expected, "where a value should follow"
    )
    return "cut-line", f"the line ends {where}: it was cut off, or a closing bracket is missing"


def _after_value(text: str, position: int) -> tuple[str, str]:
    if text[position] == "," and not text[position + 1 :].strip(" \t\r\n,"):
        return "comma-after-line", "a comma after the object: lines are not separated by commas"
    if text[position] in "{[" or re.match(r",[ \t]*\{", text[position:]):
        return "two-objects", "a second object on the line: every line holds exactly one"
    return "extra-text", f"text after the end of the object: {shown(text[position:], 20)}"


def _missing_comma(text: str, position: int, in_object: bool) -> tuple[str, str]:
    closing = "}" if in_object else "]"
    char = text[position]
    if char in "}]":
        return "wrong-bracket", f"{char} closes what was not opened here: expected , or {closing}"
    if char == "'":
        return "single-quotes", "single quotes: JSON strings stand in double quotes"
    return (
        "missing-comma",
        f"expected , or {closing}, found {shown(text[position:], 12)}: is a quote not escaped?",
    )


def _wrong_value(text: str, position: int, expected: str) -> tuple[str, str]:
    if text[position] == "'":
        return "single-quotes", "single quotes: JSON strings stand in double quotes"
    is_key = expected.startswith("key")
    python = _PYTHON.match(text, position)
    if python and not is_key:
        return "python-literal", f"Python's {python[1]}: JSON writes {_JSON_WORD[python[1]]}"
    name = _NAME.match(text, position)
    if name and is_key:
        return "unquoted-key", f"the key {shown(name[0])} is not quoted: keys stand in double quotes"
    number = _NUMBER_LIKE.match(text, position)
    if number and not is_key:
        return (
            "bad-number",
            f"{shown(number[0], 20)} is no JSON number (no leading zeros, +, hex, or bare point)",
        )
    if text[position] == ",":
        return "extra-comma", "two commas, or a comma with nothing before it"
    wanted = "a key in double quotes" if is_key else "a value"
    return "unexpected", f"expected {wanted}, found {shown(text[position:], 12)}"


_JSON_WORD = {"True": "true", "False": "false", "None": "null"}
