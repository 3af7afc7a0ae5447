"""Brings the history of a job's events up to date, each once, in the server's order, over an unreliable line.

The history always holds a gapless beginning of the server's list. Newest-first lists are walked back to an
event that is known, then stored oldest first in one transaction. Nothing is ever sorted by time: several
events share a second.

A page is believed when it starts where it was asked to (each request overlaps the page before by one event)
and when its order is evident (times or steps strictly run one way) or two reads of it agree; once a page was
caught lying, three reads must.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sentitui.errors import ProviderUnreachable
from sentitui.history import History
from sentitui.providers.provider import Provider
from sentitui.tuning.patience import Patience
from sentitui.tuning.reading import Page, read_events

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_FIRST_LIMIT = 20  # events asked for by a poll that mostly finds nothing new
_READS = 25  # reads of one page before giving up on its order


@dataclass(slots=True)
class EventReader:
    """Reads one job's events into the history."""

    client: AsyncOpenAI
    history: History
    provider: Provider
    job_id: str
    patience: Patience
    _reads_needed: int = field(default=2, init=False)

    async def sync(self) -> int:
        """Stores every event the server has and the history lacks; returns how many were new."""
        events = await (self._forward() if self.provider.oldest_first else self._backward())
        if not events:
            return 0
        return await asyncio.to_thread(self.history.add_events, self.provider.name, self.job_id, events)

    async def _backward(self) -> list[Mapping[str, Any]]:
        news: list[Mapping[str, Any]] = []
        after, anchor = None, None
        while True:
            page, known = await self._believed(after, anchor)
            fresh = [item for item in page.items if item["id"] not in known]
            start = 1 if anchor is not None and fresh else 0  # the overlap is already in hand
            news += fresh[start:]
            if known or not page.items or await self._at_end(page, page.ids[-1]):
                return news[::-1]
            if len(page.items) > 1:
                after, anchor = page.ids[-2], page.ids[-1]
            else:
                after, anchor = page.ids[-1], None

    async def _at_end(self, page: Page, last: str) -> bool:
        if page.has_more:
            return False
        rest = await self._page(last)
        return not rest.items or rest.ids == [last]

    async def _forward(self) -> list[Mapping[str, Any]]:
        news: list[Mapping[str, Any]] = []
        after: str | None = None
        while True:
            page, known = await self._believed(after, None)
            held = known | {str(item["id"]) for item in news}
            fresh = [item for item in page.items if item["id"] not in held]
            news += fresh
            # A server that ignores `after` repeats its first page for ever: no progress ends the walk.
            if not page.has_more or not page.items or (not fresh and page.ids[-1] == after):
                return news
            after = page.ids[-1]

    async def _believed(self, after: str | None, anchor: str | None) -> tuple[Page, set[str]]:
        """A page whose order can be trusted, and the ids on it that are stored."""
        agreeing = 0
        before: Page | None = None
        for _ in range(_READS):
            page = await self._page(after)
            if anchor is not None and page.ids[:1] != [anchor]:
                self._reads_needed = 3
                continue
            known = await self._known(page)
            if self._is_evident(page.items, known):
                return page, known
            if before is not None and (common := _overlap(before, page)) is not None:
                agreeing += 1
                if agreeing + 1 >= self._reads_needed:
                    return common, known
            elif before is not None:
                self._reads_needed, agreeing = 3, 0
            before = page
        raise ProviderUnreachable(
            f"{self.provider.name} lists the events of {self.job_id} differently each time."
        )

    async def _page(self, after: str | None) -> Page:
        limit = self.provider.page_size if after else _FIRST_LIMIT
        return await self.patience.steadily(
            lambda: read_events(self.client, self.provider, self.job_id, after, limit)
        )

    async def _known(self, page: Page) -> set[str]:
        return await asyncio.to_thread(self.history.known_events, self.provider.name, self.job_id, page.ids)

    def _is_evident(self, items: Sequence[Mapping[str, Any]], known: set[str]) -> bool:
        ordered = items[::-1] if self.provider.oldest_first else items
        flags = [item["id"] in known for item in ordered]
        if flags != sorted(flags):  # an unknown event behind a known one: shuffled
            return False
        fresh = ordered[: flags.count(False) + 1]
        if self.provider.sorted_ids:
            return all(str(new["id"]) > str(old["id"]) for new, old in pairwise(fresh))
        return all(_is_newer(new, old) for new, old in pairwise(fresh))


def _is_newer(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    times = new.get("created_at") or 0, old.get("created_at") or 0
    steps = _step(new), _step(old)
    if None not in steps:
        return bool(steps[0] > steps[1] and times[0] >= times[1])  # type: ignore[operator]  # both are numbers here
    return bool(times[0] > times[1])


def _step(event: Mapping[str, Any]) -> int | None:
    data = event.get("data")
    step = data.get("step") if isinstance(data, Mapping) else None
    return step if isinstance(step, int) else None


def _overlap(before: Page, page: Page) -> Page | None:
    """What two reads of a page agree on: the same events in the same order, but for new ones in front."""
    if not before.items:
        return page if not page.items else None
    ids = page.ids
    if before.ids[0] not in ids:
        return None
    start = ids.index(before.ids[0])
    if ids[start:] != before.ids[: len(ids) - start]:
        return None
    return Page(page.items[start:], page.has_more)
