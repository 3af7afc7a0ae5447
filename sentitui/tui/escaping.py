r"""The form of a text that survives a text widget exactly.

A text area turns VT, FF, FS, NEL, U+2028 and U+2029 into line feeds and shows controls and what is invisible
as nothing. Such characters are edited as `\u2028`; a backslash that would be read so is itself `\u005c`.
"""

from __future__ import annotations

import re

from sentitui import safe

_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}")


def escape(text: str) -> str:
    """The text with every character that an editor would change or hide written as an escape."""
    if text.isascii() and text.isprintable() and "\\" not in text:
        return text
    kept = _ESCAPE.sub(lambda found: "\\u005c" + found[0][1:], text)
    return "".join(map(_visible, kept))


def unescape(text: str) -> str:
    """The text that `escape` was given."""
    return _ESCAPE.sub(lambda found: _character(found[0]), text)


def _character(escaped: str) -> str:
    code = int(escaped[2:], 16)
    return chr(code) if code <= 0x10FFFF else escaped


def _visible(character: str) -> str:
    if character in "\n\t" or (character.isprintable() and safe.line(character) == character):
        return character
    code = ord(character)
    # Joiners and variation selectors make emoji; a text area keeps them.
    if character in "\u200d\ufe0f" or safe.line(character) == character:
        return character
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
