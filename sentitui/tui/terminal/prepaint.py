"""The first paint, before Textual is imported: top bar and first examples, where the app will draw them.

Imports nothing that is slow. What it changes at the terminal it can undo; when it cannot paint, it does not.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sentitui import safe
from sentitui.tui.palette import PALETTES, theme_name

HEAD = 65_536
"""Bytes that are looked at: more examples than fit on a screen."""
_STDERR, _STDIN = 2, 0
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l"
_LEAVE = "\x1b[?1049l\x1b[?25h\x1b[?7h"


class _Screen:
    """What was done to the terminal and is to be undone or taken over."""

    painted = False
    attributes: list[Any] | None = None


def paint(path: Path, theme: str | None = None, environ: Mapping[str, str] | None = None) -> bool:
    """Paints the first screen of a file; False when there is no terminal or nothing to read."""
    env = os.environ if environ is None else environ
    if not (os.isatty(_STDERR) and os.isatty(_STDIN)):
        return False
    try:
        width, height = os.get_terminal_size(_STDERR)
        with path.open("rb") as file:
            head = Head(path.name, file.read(HEAD), os.fstat(file.fileno()).st_size)
    except OSError:
        return False
    _quiet_input()
    os.write(_STDERR, (_ENTER + frame(head, width, height, _colors(theme, env))).encode())
    _Screen.painted = True
    return True


def take_over() -> bool:
    """Whether the alternate screen is entered and painted already; true once."""
    painted, _Screen.painted = _Screen.painted, False
    return painted


def is_painted() -> bool:
    """Whether a first paint stands on the terminal that nobody has taken over."""
    return _Screen.painted


def original_attributes() -> list[Any] | None:
    """How the terminal's input was set before the first paint."""
    return _Screen.attributes


def restore() -> None:
    """Undoes the first paint, when nobody took it over, and the input's setting in any case."""
    if take_over():
        os.write(_STDERR, _LEAVE.encode())
    if _Screen.attributes is not None:
        import termios

        termios.tcsetattr(_STDIN, termios.TCSANOW, _Screen.attributes)
        _Screen.attributes = None


def _quiet_input() -> None:
    """Keys typed before the app runs are kept for it, unechoed and without waiting for a line end."""
    import termios

    try:
        _Screen.attributes = termios.tcgetattr(_STDIN)
        quiet = termios.tcgetattr(_STDIN)
        quiet[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(_STDIN, termios.TCSANOW, quiet)
    except termios.error:
        _Screen.attributes = None


def _colors(theme: str | None, env: Mapping[str, str]) -> Mapping[str, str] | None:
    if env.get("COLORTERM", "") not in ("truecolor", "24bit"):
        return None
    return PALETTES.get(theme_name(theme, env))


class Head(NamedTuple):
    """The start of a file: its name, its first bytes, and how many there are in all."""

    name: str
    content: bytes
    size: int


def frame(head: Head, width: int, height: int, colors: Mapping[str, str] | None) -> str:
    """The escape sequences of the first screen."""
    name = head.name
    lines = head.content.split(b"\n")
    whole = lines[:-1] if len(head.content) < head.size else [line for line in lines if line]
    digits = number_width(len(whole), len(head.content), head.size)
    list_rows, list_width = layout(width, height)
    out = [_sgr(colors, "foreground", "background"), "\x1b[2J\x1b[H"]
    bar = _fit(" sentitui  1 Data  2 Jobs  3 Playground ", width - len(name) - 3) + f" {safe.line(name)} "
    out.append(_sgr(colors, "faint", "panel") + _fit(bar, width))
    out.append(_sgr(colors, "foreground", "background"))
    for at, line in enumerate(whole[:list_rows]):
        out.append(f"\x1b[{at + 2}H{_fit(_row(at, line, digits, list_width), list_width - 1)}")
    if list_width == width:
        out.append(f"\x1b[{list_rows + 2}H{_sgr(colors, 'foreground', 'panel')}{_fit(' Example 1', width)}")
    return "".join(out) + "\x1b[0m"


def layout(width: int, height: int) -> tuple[int, int]:
    """Rows and columns of the example list on a screen of that size, as styles/screens/data.tcss has it."""
    panes = max(height - 2, 1)
    return (panes, width * 9 // 20) if width >= 160 else (panes * 2 // 5, width)


def number_width(known: int, read: int, size: int) -> int:
    """Digits of the number column for as many examples as the file will turn out to have."""
    guess = known if read >= size or not known else size * known // max(read, 1)
    return max(len(str(guess)), 3)


def _row(at: int, line: bytes, digits: int, width: int) -> str:
    lead = f"{'▌' if at == 0 else ' '}{at + 1:>{digits}}    "
    try:
        messages = json.loads(line)["messages"]
        turns = "".join(str(message["role"])[:1].lower() for message in messages[:6])
        said = next(str(m["content"]) for m in messages if m["role"] == "user")
        answer = str(messages[-1]["content"]) if messages[-1]["role"] == "assistant" else ""
    except (ValueError, KeyError, TypeError, IndexError, StopIteration):
        return lead + safe.line(line[: width * 4].decode("utf-8", "replace"))
    label = safe.line(answer) if len(answer) <= 64 and "\n" not in answer else ""
    return f"{lead}{turns:<7}{_fit(label, 12)} {_fit(safe.line(said[: width * 4]), width - digits - 27)}"


def _fit(text: str, width: int) -> str:
    """The text in exactly `width` cells."""
    used, kept = 0, []
    for character in text:
        cells = _cells(character)
        if used + cells > width:
            break
        kept.append(character)
        used += cells
    if len(kept) < len(text):
        while kept and used > width - 1:
            used -= _cells(kept.pop())
        kept.append("…")
        used += 1
    return "".join(kept) + " " * (width - used)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _sgr(colors: Mapping[str, str] | None, foreground: str, background: str) -> str:
    if colors is None:
        return ""
    parts = [f"{kind};2;{_rgb(colors[name])}" for kind, name in ((38, foreground), (48, background))]
    return f"\x1b[{';'.join(parts)}m"


def _rgb(color: str) -> str:
    return ";".join(str(int(color[at : at + 2], 16)) for at in (1, 3, 5))
