"""Shows what the engine does before it can train: fetching, converting and loading the base model."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sentitui import safe
from sentitui.cli.progress import progress, size
from sentitui.cli.terminal import Terminal
from sentitui.providers.local_engine import health, read_address

if TYPE_CHECKING:
    from sentitui.config import Paths
    from sentitui.providers.provider import Provider

_EVERY = 0.5  # seconds between looks


class ModelWatch:
    """While it is entered, looks at the engine's health and tells how far its model is."""

    def __init__(self, terminal: Terminal, provider: Provider, paths: Paths) -> None:
        self._terminal, self._provider, self._paths = terminal, provider, paths
        self._task: asyncio.Task[None] | None = None
        self._told = ""

    async def __aenter__(self) -> ModelWatch:
        if self._provider.is_engine:
            self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _watch(self) -> None:
        while not await self._look():  # noqa: ASYNC110 - another process: nothing here could set an event
            await asyncio.sleep(_EVERY)

    async def _look(self) -> bool:
        """Tells what is new; True when there is nothing more to expect."""
        address = read_address(self._paths.engine_home)
        state = await health(address) if address is not None else None
        if state is None:
            return False
        # Why a model cannot be had is told, once, by the job that fails of it.
        if state.get("model") in ("failed", "ready"):
            return True
        self._progress(state.get("progress"))
        return False

    def _progress(self, found: object) -> None:
        if not isinstance(found, dict):
            return
        stage = safe.line(str(found.get("phase") or "loading"))
        if stage != self._told:
            self._told = stage
            self._terminal.line(f"model     {stage}")
        done, total = _number(found.get("done")), _number(found.get("total"))
        if total:
            text = f"{size(round(done))} of {size(round(total))}"
            self._terminal.status(f"model     {progress(self._terminal, done / total, text)}")


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
