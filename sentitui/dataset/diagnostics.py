"""What the checker says: a diagnostic with its place and, where one exists, its fix.

Owns the values only; rules make them, `check` collects them, `report` counts them. A message never carries
raw control characters of the data: `shown` makes every quoted piece safe for a terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a diagnostic matters; `rank` orders the worst first."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}


@dataclass(frozen=True, slots=True)
class Location:
    """A place: 1-based line (None: the whole file), JSON path inside the example, byte offset in the line."""

    line: int | None = None
    path: str = ""
    byte: int | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that would cure a diagnostic; a safe one may be applied in bulk without asking.

    The change itself belongs to the rule (`Rule.repair`), so that a diagnostic stays a small value.
    """

    title: str
    safe: bool = False
    value: str | None = None
    """What the repair writes, where the line alone does not tell it (the spelling of most examples)."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding of one rule: `name` is the condition in the catalogue, `code` the rule."""

    code: str
    name: str
    severity: Severity
    message: str
    location: Location = Location()
    fix: Fix | None = None


def shown(text: object, limit: int = 40) -> str:
    """A piece of the data as a message may quote it: one line, printable, at most `limit` characters.

    Whatever a terminal would act on or hide (controls, bidirectional marks, zero-width characters,
    surrogates) is written as an escape.
    """
    raw = text if isinstance(text, str) else str(text)
    cut = raw[:limit]
    safe = cut if cut.isprintable() else "".join(map(_visible, cut))
    return safe + ("…" if len(raw) > limit else "")


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    point = ord(char)
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char)
    return short or (f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}")
