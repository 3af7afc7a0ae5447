"""The colours of the looks, as data: for the themes, and for the paint before textual is loaded."""

from __future__ import annotations

from collections.abc import Mapping

NIGHT = {
    "background": "#12161d",
    "foreground": "#d7dce5",
    "surface": "#161b23",
    "panel": "#1c222c",
    "accent": "#5fd7b4",
    "secondary": "#7db7ff",
    "warning": "#f2c46d",
    "error": "#ff7a85",
    "success": "#8fd694",
    "role-system": "#b7a3f5",
    "role-user": "#7db7ff",
    "role-assistant": "#5fd7b4",
    "role-tool": "#f0a878",
    "role-other": "#9aa3b2",
    "faint": "#7e8798",
    "rule": "#2f3644",
    "raised": "#1f2530",
    "chip": "#0f1319",
    "match": "#f2c46d",
    "selection": "#31506b",
    "scrollbar": "#343c4b",
}

PAPER = {
    "background": "#f7f4ec",
    "foreground": "#22262d",
    "surface": "#f2eee4",
    "panel": "#ebe6da",
    "accent": "#0b7a62",
    "secondary": "#1f62b8",
    "warning": "#9a6200",
    "error": "#b3293a",
    "success": "#2c7a34",
    "role-system": "#6b4fc4",
    "role-user": "#1f62b8",
    "role-assistant": "#0b7a62",
    "role-tool": "#a8541c",
    "role-other": "#5c6470",
    "faint": "#6a7078",
    "rule": "#d4cfc2",
    "raised": "#e6e1d4",
    "chip": "#fbf9f3",
    "match": "#9a6200",
    "selection": "#bcd9f2",
    "scrollbar": "#cfc8b8",
}

PALETTES = {"night": NIGHT, "paper": PAPER}


def theme_name(wanted: str | None, environ: Mapping[str, str]) -> str:
    """The theme to start with: the one asked for, else the user's own palette where colours are few."""
    if wanted:
        return wanted
    few = environ.get("NO_COLOR") or environ.get("TERM", "") in ("linux", "vt100", "vt220", "ansi", "dumb")
    return "terminal" if few else "night"
