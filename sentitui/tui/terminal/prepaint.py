"""The first paint, before Textual is imported."""

from __future__ import annotations


class _State:
    painted = False


def take_over() -> bool:
    """Whether the alternate screen is entered and painted already; true once."""
    painted, _State.painted = _State.painted, False
    return painted
