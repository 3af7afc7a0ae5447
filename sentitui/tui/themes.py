"""The looks of the app: night, paper, and terminal (the user's own palette, for NO_COLOR and few colours).

One meaning per colour, on every screen: the accent is where you are and what is tuned; each role of a
conversation has its own; red, amber and green are problems and outcomes, always beside a sign or a word.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

_NIGHT = {
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
}

_PAPER = {
    "role-system": "#6b4fc4",
    "role-user": "#1f62b8",
    "role-assistant": "#0b7a62",
    "role-tool": "#a8541c",
    "role-other": "#5c6470",
    "faint": "#6a7078",
    "rule": "#d4cfc2",
    "raised": "#ece8dd",
    "chip": "#fbf9f3",
    "match": "#9a6200",
}

_TERMINAL = {
    "role-system": "ansi_magenta",
    "role-user": "ansi_blue",
    "role-assistant": "ansi_green",
    "role-tool": "ansi_yellow",
    "role-other": "ansi_cyan",
    "faint": "ansi_bright_black",
    "rule": "ansi_bright_black",
    "raised": "ansi_default",
    "chip": "ansi_black",
    "match": "ansi_yellow",
    "block-cursor-foreground": "ansi_black",
    "block-cursor-background": "ansi_green",
    "input-cursor-text-style": "reverse",
    "input-selection-background": "ansi_cyan",
    "input-selection-foreground": "ansi_black",
    "border": "ansi_green",
    "border-blurred": "ansi_bright_black",
    "scrollbar": "ansi_bright_black",
    "scrollbar-hover": "ansi_bright_black",
    "scrollbar-active": "ansi_green",
    "scrollbar-background": "ansi_default",
    "scrollbar-background-hover": "ansi_default",
    "scrollbar-background-active": "ansi_default",
    "screen-selection-background": "ansi_cyan",
    "screen-selection-foreground": "ansi_black",
}

_SHARED = {
    "block-cursor-text-style": "bold",
    "footer-background": "$background",
}

NIGHT = Theme(
    name="night",
    primary="#5fd7b4",
    secondary="#7db7ff",
    accent="#5fd7b4",
    warning="#f2c46d",
    error="#ff7a85",
    success="#8fd694",
    foreground="#d7dce5",
    background="#12161d",
    surface="#161b23",
    panel="#1c222c",
    variables={
        **_NIGHT,
        "block-cursor-foreground": "#0f1319",
        "block-cursor-background": "#5fd7b4",
        "input-selection-background": "#31506b",
        "border": "#5fd7b4",
        "border-blurred": "#2f3644",
        "scrollbar": "#343c4b",
        "scrollbar-hover": "#48536a",
        "scrollbar-active": "#5fd7b4",
        "scrollbar-background": "#12161d",
        "scrollbar-background-hover": "#12161d",
        "scrollbar-background-active": "#12161d",
        "scrollbar-corner-color": "#12161d",
    },
)

PAPER = Theme(
    name="paper",
    primary="#0b7a62",
    secondary="#1f62b8",
    accent="#0b7a62",
    warning="#9a6200",
    error="#b3293a",
    success="#2c7a34",
    foreground="#22262d",
    background="#f7f4ec",
    surface="#f2eee4",
    panel="#ebe6da",
    dark=False,
    variables={
        **_PAPER,
        "block-cursor-foreground": "#fbf9f3",
        "block-cursor-background": "#0b7a62",
        "input-selection-background": "#bcd9f2",
        "border": "#0b7a62",
        "border-blurred": "#d4cfc2",
        "scrollbar": "#cfc8b8",
        "scrollbar-hover": "#b8b09c",
        "scrollbar-active": "#0b7a62",
        "scrollbar-background": "#f7f4ec",
        "scrollbar-background-hover": "#f7f4ec",
        "scrollbar-background-active": "#f7f4ec",
        "scrollbar-corner-color": "#f7f4ec",
    },
)

TERMINAL = Theme(
    name="terminal",
    ansi=True,
    primary="ansi_green",
    secondary="ansi_blue",
    accent="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables=_TERMINAL,
)

THEMES = (NIGHT, PAPER, TERMINAL)

VARIABLES = _NIGHT
"""What the stylesheets use beyond Textual's own variables; defaults for themes that lack them."""


def theme_name(wanted: str | None, environ: Mapping[str, str]) -> str:
    """The theme to start with: the one asked for, else the user's palette where colours are few."""
    if wanted:
        return wanted
    few = environ.get("NO_COLOR") or environ.get("TERM", "") in ("linux", "vt100", "vt220", "ansi", "dumb")
    return TERMINAL.name if few else NIGHT.name
