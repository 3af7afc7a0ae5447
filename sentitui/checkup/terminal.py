"""What the terminal can do, as far as the environment and tmux tell: terminals themselves are not asked."""

from __future__ import annotations

import locale
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

from sentitui import safe
from sentitui.checkup.fact import Fact, Verdict

_LEAST, _SMALLEST = (80, 24), (40, 10)
"""The size that the app is designed for, and the one below which it shows only a notice."""


def terminal_facts(env: Mapping[str, str], size: tuple[int, int] | None = None) -> list[Fact]:
    """Kind, size, colours, encoding, the line to it, tmux and the clipboard."""
    return [
        _kind(env),
        _size(size or _measured()),
        _colours(env),
        _encoding(),
        _line(env),
        *_multiplexer(env),
        _clipboard(env),
    ]


def _kind(env: Mapping[str, str]) -> Fact:
    kind = safe.line(env.get("TERM", ""))
    if kind in ("", "dumb"):
        advice = "The app needs a terminal that moves its cursor; the commands work everywhere."
        return Fact("terminal", "kind", kind or "TERM is not set", Verdict.WARNING, advice)
    program = safe.line(env.get("TERM_PROGRAM", ""))
    return Fact("terminal", "kind", f"{kind} ({program})" if program else kind)


def _measured() -> tuple[int, int] | None:
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        try:
            found = os.get_terminal_size(stream.fileno())
            return found.columns, found.lines
        except (OSError, ValueError):
            continue
    return None


def _size(size: tuple[int, int] | None) -> Fact:
    if size is None:
        return Fact("terminal", "size", "this is not a terminal", Verdict.NOTE)
    shown = f"{size[0]} x {size[1]}"
    if size[0] < _SMALLEST[0] or size[1] < _SMALLEST[1]:
        return Fact("terminal", "size", shown, Verdict.WARNING, "The app needs at least 40 x 10.")
    if size[0] < _LEAST[0] or size[1] < _LEAST[1]:
        return Fact("terminal", "size", shown, Verdict.WARNING, "80 x 24 or more shows everything.")
    return Fact("terminal", "size", shown)


def _colours(env: Mapping[str, str]) -> Fact:
    if env.get("NO_COLOR"):
        return Fact("terminal", "colours", "off: NO_COLOR is set", Verdict.NOTE)
    if env.get("COLORTERM") in ("truecolor", "24bit"):
        return Fact("terminal", "colours", "16 million")
    few = "256" if "256" in env.get("TERM", "") else "16"
    advice = "If your terminal has more: export COLORTERM=truecolor (ssh does not pass it on by itself)."
    return Fact("terminal", "colours", few, Verdict.NOTE, advice)


def _encoding() -> Fact:
    name = locale.getpreferredencoding(do_setlocale=False)
    if name.lower().replace("-", "") == "utf8":
        return Fact("terminal", "encoding", name)
    advice = "export LC_ALL=C.UTF-8, else borders, bars and most languages are unreadable."
    return Fact("terminal", "encoding", name, Verdict.WARNING, advice)


def _line(env: Mapping[str, str]) -> Fact:
    if not env.get("SSH_CONNECTION"):
        return Fact("terminal", "line", "local")
    advice = "On a slow line put `Compression yes` for this host into ~/.ssh/config; animations are off."
    return Fact("terminal", "line", "SSH", Verdict.NOTE, advice)


def _multiplexer(env: Mapping[str, str]) -> list[Fact]:
    if env.get("TMUX"):
        return [_tmux()]
    if env.get("STY"):
        advice = "screen passes neither the clipboard nor notices on; tmux does."
        return [Fact("terminal", "multiplexer", "screen", Verdict.NOTE, advice)]
    return []


def _tmux() -> Fact:
    value = _tmux_option("set-clipboard")
    if value == "on":
        return Fact("terminal", "multiplexer", "tmux, passes the clipboard on")
    advice = "For copying, put `set -g set-clipboard on` into ~/.tmux.conf."
    return Fact("terminal", "multiplexer", f"tmux, set-clipboard {value or 'unknown'}", Verdict.NOTE, advice)


def _tmux_option(name: str) -> str:
    tmux = shutil.which("tmux")
    if tmux is None:
        return ""
    try:
        run = subprocess.run(
            [tmux, "show-options", "-sv", name], capture_output=True, text=True, timeout=2, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return safe.line(run.stdout.strip())


def _clipboard(env: Mapping[str, str]) -> Fact:
    if env.get("TERM_PROGRAM") == "Apple_Terminal":
        advice = "Terminal.app ignores OSC 52; iTerm2, kitty, WezTerm, Ghostty or Alacritty do not."
        return Fact("terminal", "clipboard", "not with this terminal", Verdict.NOTE, advice)
    advice = "Terminals do not say whether they allow it; iTerm2 asks for a permission in its settings."
    return Fact("terminal", "clipboard", "by OSC 52", Verdict.NOTE, advice)
