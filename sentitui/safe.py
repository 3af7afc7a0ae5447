"""Makes text from outside safe to show: data, model answers, server messages, file names, the environment.

Control characters are shown, never sent: a terminal would obey them (clear, retitle, write the clipboard,
answer back into our input). Invisible and direction-changing characters become a dot, so that a reviewer sees
them. Joiners and variation selectors stay, because emoji are made of them. Refuses nothing and loses nothing
but pictures of controls: what is saved is never passed through here.
"""

from __future__ import annotations

import re

_DOT = "·"
_INVISIBLE = (
    *(0xAD, 0x61C, 0x115F, 0x1160, 0x180E, 0x200B, 0x200C, 0x200E, 0x200F, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),
)
_LINE: dict[int, str] = {
    **{code: chr(0x2400 + code) for code in range(0x20)},
    0x7F: "\u2421",
    **dict.fromkeys(range(0x80, 0xA0), _DOT),
    **dict.fromkeys((0x85, 0x2028, 0x2029), "\u2424"),
    **dict.fromkeys(_INVISIBLE, _DOT),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}
_TEXT: dict[int, str] = {**_LINE, 0x0A: "\n", 0x09: "    "}
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# Three marks are the most that living languages stack; towers of them draw over neighbouring rows.
_STACK = re.compile(f"([{_MARKS}]{{3}})[{_MARKS}]+")


def line(value: str) -> str:
    """One row: every control character, line breaks and tabs included, becomes visible."""
    if value.isascii() and value.isprintable():
        return value
    return _STACK.sub(r"\1", value.translate(_LINE))


def text(value: str) -> str:
    """Several rows: line feeds stay, tabs become four spaces, every other control character becomes
    visible."""
    if value.isascii() and value.isprintable():
        return value
    return _STACK.sub(r"\1", value.replace("\r\n", "\n").translate(_TEXT))
