"""How far the way to a usable model is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Phase = Literal["waiting", "fetching", "verifying", "converting", "ready"]


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """One report: the phase and, in bytes, how much of it is done (`total` 0: not known)."""

    phase: Phase
    done: int = 0
    total: int = 0


OnProgress = Callable[[FetchProgress], None]


def ignore(_: FetchProgress) -> None:
    """The listener of those who do not listen."""
