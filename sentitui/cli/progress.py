"""Bars: how far something is, and how often something came."""

from __future__ import annotations

from sentitui.cli.terminal import Terminal

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(share: float, width: int, *, blocks: bool = True) -> str:
    """A bar filled to `share` (0..1), to an eighth of a cell; with `#` and `.` where blocks cannot be
    shown."""
    share = min(1.0, max(0.0, share))
    if not blocks:
        full = round(share * width)
        return "#" * full + "." * (width - full)
    eighths = round(share * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def progress(terminal: Terminal, share: float, *facts: str) -> str:
    """A status line: a framed bar, the percentage, then the facts that are known."""
    told = "  ".join(fact for fact in facts if fact)
    drawn = bar(share, 24, blocks=terminal.blocks)
    left, right = ("▕", "▏") if terminal.blocks else ("[", "]")
    return f"{left}{drawn}{right} {share:4.0%}  {told}"


def size(count: int) -> str:
    """A number of bytes as people read it."""
    value, unit = float(count), "B"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"


def duration(seconds: float) -> str:
    """Seconds as people read them: 4 s, 1:05 min, 2:01 h."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d} min"
    return f"{minutes // 60}:{minutes % 60:02d} h"
