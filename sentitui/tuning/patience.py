"""How long to wait: between polls, and after failures (longer each time, with jitter). Time and chance are
handed in."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sentitui.errors import ProviderRefused, ProviderUnreachable

T = TypeVar("T")
_FIRST, _LONGEST = 0.25, 30.0  # seconds
_NOT_FOUND_YET = 3  # a job may be unknown for a moment after it was made


@dataclass(frozen=True, slots=True)
class Patience:
    """Waiting rules; the defaults are real time and real chance."""

    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    poll_seconds: float | None = None
    """Overrides the provider's own interval."""
    give_up_after: int | None = None
    """Failures in a row after which `steadily` raises; None: never."""
    on_failure: Callable[[ProviderUnreachable, float], None] | None = None
    """Told of each failure and the seconds until the next try."""

    async def steadily(self, call: Callable[[], Awaitable[T]]) -> T:
        """The call's result, however often the provider cannot be reached meanwhile.

        Raises ProviderRefused as it comes (but "not found" only when it stays so), and ProviderUnreachable
        after `give_up_after` failures.
        """
        failures = 0
        while True:
            try:
                return await call()
            except ProviderUnreachable as error:
                failures += 1
                if self.give_up_after is not None and failures >= self.give_up_after:
                    raise
                await self._wait(error, failures)
            except ProviderRefused as error:
                failures += 1
                if error.status != 404 or failures >= _NOT_FOUND_YET:
                    raise
                await self.sleep(self.delay(failures))

    def delay(self, failures: int) -> float:
        """Seconds to wait after that many failures in a row: doubling to half a minute, half of it by
        chance."""
        return min(_LONGEST, _FIRST * 2.0 ** min(failures, 10)) * (0.5 + self.chance() / 2)

    async def _wait(self, error: ProviderUnreachable, failures: int) -> None:
        seconds = max(self.delay(failures), min(_LONGEST, error.retry_after))
        if self.on_failure is not None:
            self.on_failure(error, seconds)
        await self.sleep(seconds)
