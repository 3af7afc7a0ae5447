"""Time that passes only when it is waited for."""

from __future__ import annotations

import asyncio
import random

from sentitui.tuning.patience import Patience


class Clock:
    """A clock for code that waits: `slept` holds every wait in seconds; none takes real time."""

    def __init__(self, seed: int = 0) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self._chance = random.Random(seed)

    async def sleep(self, seconds: float) -> None:
        """Passes time at once, letting others run."""
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def patience(self) -> Patience:
        """Patience that waits on this clock."""
        return Patience(sleep=self.sleep, chance=self._chance.random)
