"""The looks of the app: night, paper, and terminal (the user's own palette, for NO_COLOR and few colours).

One meaning per colour, on every screen: the accent is where you are and what is tuned; each role of a
conversation has its own; red, amber and green are problems and outcomes, always beside a sign or a word.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from textual.theme import Theme

from sentitui.errors import ConfigError
from sentitui.tui.palette import NIGHT, PAPER

_OWN = (
    "role-system",
    "role-user",
    "role-assistant",
    "role-tool",
    "role-other",
    "faint",
    "rule",
    "raised",
    "chip",
    "match",
)

VARIABLES = {name: NIGHT[name] for name in _OWN}
"""What the stylesheets use beyond Textual's own variables; defaults for themes that lack them."""


def _theme(name: str, colors: Mapping[str, str], *, dark: bool) -> Theme:
    background = colors["background"]
    return Theme(
        name=name,
        primary=colors["accent"],
        secondary=colors["secondary"],
        accent=colors["accent"],
        warning=colors["warning"],
        error=colors["error"],
        success=colors["success"],
        foreground=colors["foreground"],
        background=background,
        surface=colors["surface"],
        panel=colors["panel"],
        dark=dark,
        variables={
            **{own: colors[own] for own in _OWN},
            "block-cursor-foreground": colors["chip"],
            "block-cursor-background": colors["accent"],
            "input-selection-background": colors["selection"],
            "border": colors["accent"],
            "border-blurred": colors["rule"],
            "scrollbar": colors["scrollbar"],
            "scrollbar-hover": colors["faint"],
            "scrollbar-active": colors["accent"],
            "scrollbar-background": background,
            "scrollbar-background-hover": background,
            "scrollbar-background-active": background,
            "scrollbar-corner-color": background,
        },
    )


def known_theme(name: str, known: Container[str]) -> str:
    """The name, when there is such a theme. Raises ConfigError."""
    if name not in known:
        ours = ", ".join(look.name for look in THEMES)
        raise ConfigError(f"There is no theme {name!r}.", f"Ours: {ours}; Textual's own are known too.")
    return name


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

THEMES = (
    _theme("night", NIGHT, dark=True),
    _theme("paper", PAPER, dark=False),
    Theme(
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
    ),
)
