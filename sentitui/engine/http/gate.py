"""How many chat requests may be in the house at once: more wait outside, told when to come back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sentitui.engine.responses.errors import ApiError


class Gate:
    """Counts who is inside; used by the server's one event loop only."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside = 0

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Lets one in for the length of the block. Raises ApiError (429) when the house is full."""
        if self._inside >= self._most:
            raise ApiError(
                429,
                f"Rate limit reached: this engine answers {self._most} requests at once. Try again in 1s.",
                kind="requests",
                code="rate_limit_exceeded",
                headers={"retry-after": "1"},
            )
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
