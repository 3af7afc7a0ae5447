"""Following a job over good lines and bad ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI

from sentitui.errors import ProviderRefused, ProviderUnreachable
from sentitui.history import History
from sentitui.providers.provider import Provider
from sentitui.tuning.follow import follow
from sentitui.tuning.jobs import Job, JobEvent, JobStatus
from sentitui.tuning.patience import Patience
from tests.fakes.faults import BadLine
from tests.fakes.openai_server import Call, OpenAIServer, Reply, as_json, event, job
from tests.fakes.time import Clock

JOB = "ftjob-1"


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    """A server with one running job without events."""
    async with OpenAIServer() as each:
        each.jobs[JOB] = job(JOB)
        each.events[JOB] = []
        yield each


@pytest.fixture
def history(tmp_path: Path) -> History:
    """An empty history."""
    return History(tmp_path / "history.sqlite")


async def collected(
    server: OpenAIServer, history: History, provider: Provider, *, after: str | None = None, seed: int = 0
) -> tuple[list[str], list[Job]]:
    """The ids and jobs that following yields, in order."""
    ids: list[str] = []
    jobs: list[Job] = []
    async with AsyncOpenAI(api_key="k", base_url=server.base_url) as client:

        async def connect() -> AsyncOpenAI:
            return client

        patience = Clock(seed).patience()
        async for each in follow(connect, history, provider, JOB, after=after, patience=patience):
            if isinstance(each, JobEvent):
                ids.append(each.id)
            else:
                jobs.append(each)
    return ids, jobs


def growing(server: OpenAIServer, events: list[dict[str, Any]], batch: int) -> None:
    """Lets the server gain `batch` events with every poll, and the job succeed a little before the last
    ones."""
    todo = list(events)

    def poll(job_id: str) -> None:
        server.events[job_id] += todo[:batch]
        del todo[:batch]
        if len(todo) <= batch:
            server.jobs[job_id] = job(job_id, "succeeded")

    server.on_poll = poll


PLAIN = Provider("plain", page_size=50)


async def test_events_come_oldest_first_each_once_and_last_the_ended_job(
    server: OpenAIServer, history: History
) -> None:
    """Pages that arrive newest first are turned round; the events after `finished_at` are waited for."""
    events = [event(n, created_at=n // 3) for n in range(1, 150)]
    growing(server, events, 40)
    ids, jobs = await collected(server, history, PLAIN)
    assert ids == [each["id"] for each in events]
    assert [each.status for each in jobs] == [JobStatus.RUNNING, JobStatus.SUCCEEDED]


async def test_following_again_replays_history_without_the_server(
    server: OpenAIServer, history: History
) -> None:
    """A job that was followed to its end needs no provider to be seen again."""
    growing(server, [event(n) for n in range(1, 30)], 10)
    first = await collected(server, history, PLAIN)
    asked = len(server.calls)
    again = await collected(server, history, PLAIN)
    assert again[0] == first[0]
    assert again[1] == first[1][-1:]
    assert len(server.calls) == asked


async def test_a_cursor_leaves_out_what_was_seen(server: OpenAIServer, history: History) -> None:
    """`after` an event yields those behind it, whether or not the history knew it before."""
    server.events[JOB] = [event(n) for n in range(1, 30)]
    server.jobs[JOB] = job(JOB, "succeeded")
    ids, _ = await collected(server, history, PLAIN, after="ftevent-000020")
    assert ids == [f"ftevent-{n:06d}" for n in range(21, 30)]
    with pytest.raises(ProviderRefused, match="no event nonsense"):
        await collected(server, history, PLAIN, after="nonsense")


async def test_a_follower_cut_off_anywhere_goes_on_where_it_stopped(
    server: OpenAIServer, history: History
) -> None:
    """Stopping in the middle and following with the last id seen gives the rest, nothing twice."""
    events = [event(n, created_at=7) for n in range(1, 60)]
    growing(server, events, 7)
    seen: list[str] = []
    async with AsyncOpenAI(api_key="k", base_url=server.base_url) as client:

        async def connect() -> AsyncOpenAI:
            return client

        for stop in (3, 1, 20, 999):
            after = seen[-1] if seen else None
            stream = follow(connect, history, PLAIN, JOB, after=after, patience=Clock().patience())
            count = 0
            async for each in stream:
                if isinstance(each, JobEvent):
                    seen.append(each.id)
                    count += 1
                if count == stop:
                    break
            await stream.aclose()  # type: ignore[attr-defined]  # it is an async generator
    assert seen == [each["id"] for each in events]


async def test_two_followers_at_once_agree(server: OpenAIServer, history: History, tmp_path: Path) -> None:
    """Two programs on one history both see every event once, in one order."""
    import asyncio

    events = [event(n, created_at=n // 5) for n in range(1, 200)]
    growing(server, events, 9)
    other = History(tmp_path / "history.sqlite")
    one, two = await asyncio.gather(
        collected(server, history, PLAIN), collected(server, other, PLAIN, seed=1)
    )
    assert one[0] == two[0] == [each["id"] for each in events]


async def test_a_provider_that_lists_oldest_first_is_read_that_way(
    server: OpenAIServer, history: History
) -> None:
    """The order of the list is a fact about the provider; ours is always oldest first."""
    server.oldest_first = True
    events = [event(n, created_at=n // 3) for n in range(1, 150)]
    growing(server, events, 40)
    ids, _ = await collected(server, history, Provider("nebius", oldest_first=True, page_size=50))
    assert ids == [each["id"] for each in events]


async def test_a_provider_without_has_more_is_read_to_the_end(server: OpenAIServer, history: History) -> None:
    """Old gateways leave `has_more` out; the walk ends at the first event all the same."""

    def without(call: Call, reply: Reply) -> Reply:
        body = json.loads(reply.body)
        body.pop("has_more", None)
        return as_json(body)

    server.fault = without
    growing(server, [event(n) for n in range(1, 120)], 120)
    ids, _ = await collected(server, history, PLAIN)
    assert ids == [f"ftevent-{n:06d}" for n in range(1, 120)]


async def test_a_restarted_server_is_waited_for(server: OpenAIServer, history: History) -> None:
    """While nothing answers, following waits and then goes on as if nothing had been."""
    port = int(server.base_url.rsplit(":", 1)[1].split("/")[0])
    growing(server, [event(n) for n in range(1, 40)], 5)
    clock = Clock()
    seen: list[str] = []
    down = 0

    async def sleep(seconds: float) -> None:
        nonlocal down
        await clock.sleep(seconds)
        if len(seen) == 10 and down == 0:
            await server.stop()
        if len(seen) >= 10:
            down += 1
        if down == 6:
            await server.start(port)

    async with AsyncOpenAI(api_key="k", base_url=server.base_url) as client:

        async def connect() -> AsyncOpenAI:
            return client

        patience = Patience(sleep=sleep, chance=lambda: 0.5)
        async for each in follow(connect, history, PLAIN, JOB, patience=patience):
            if isinstance(each, JobEvent):
                seen.append(each.id)  # noqa: PERF401 - `sleep` above reads it while it grows
    assert seen == [f"ftevent-{n:06d}" for n in range(1, 40)]


async def test_a_refusal_is_not_waited_out(server: OpenAIServer, history: History) -> None:
    """A wrong key or an unknown job ends following with the reason."""
    del server.jobs[JOB]
    with pytest.raises(ProviderRefused, match="Could not find fine tune"):
        await collected(server, history, PLAIN)
    server.key = "right"
    with pytest.raises(ProviderRefused, match="Incorrect API key"):
        await collected(server, history, PLAIN)


async def test_a_server_that_cannot_keep_an_order_is_named(server: OpenAIServer, history: History) -> None:
    """When no two reads agree on the order, following says so instead of guessing."""
    server.events[JOB] = [event(n, created_at=7) for n in range(1, 20)]
    shuffle = BadLine(3, 1.0)
    server.fault = lambda call, reply: BadLine._shuffle(shuffle, reply)
    with pytest.raises(ProviderUnreachable, match="differently each time"):
        await collected(server, history, PLAIN)


def stories(count: int) -> list[dict[str, Any]]:
    """Events as a real job has them: messages at both ends sharing a second, steps between, some sharing
    one."""
    events = [event(n, created_at=100) for n in range(1, 5)]
    for step in range(1, count - 7):
        number = step + 4
        events.append(
            event(number, created_at=100 + step // 4, step=step, train_loss=1 / step, total_steps=count)
        )
    last = 100 + count
    return events + [event(n, created_at=last) for n in range(count - 3, count + 1)]


async def under_faults(tmp_path: Path, seed: int, count: int, provider: Provider) -> BadLine:
    """Follows a job of `count` events over a bad line and checks what the history holds."""
    async with OpenAIServer() as server:
        server.jobs[JOB] = job(JOB)
        server.events[JOB] = []
        server.oldest_first = provider.oldest_first
        events = stories(count)
        growing(server, events, count // 8)
        line = BadLine(seed)
        server.fault = line
        history = History(tmp_path / f"history-{seed}.sqlite")
        ids, jobs = await collected(server, history, provider, seed=seed)
        expected = [each["id"] for each in events]
        assert ids == expected, seed
        assert [each.id for each in history.events(provider.name, JOB)] == expected
        assert jobs[-1].status is JobStatus.SUCCEEDED
        history.close()
        return line


@pytest.mark.parametrize("seed", range(6))
async def test_a_bad_line_loses_repeats_and_reorders_nothing(tmp_path: Path, seed: int) -> None:
    """Dropped, cut, repeated, shuffled, late answers, 429, 500 and HTML: the history is whole and in
    order."""
    line = await under_faults(tmp_path, seed, 400, PLAIN)
    assert len(line.seen) > 3


async def test_a_bad_line_to_an_oldest_first_provider(tmp_path: Path) -> None:
    """The same holds for providers that list the other way round."""
    await under_faults(tmp_path, 5, 400, Provider("other", oldest_first=True, page_size=50))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
async def test_ten_thousand_events_over_a_bad_line(tmp_path: Path, seed: int) -> None:
    """Over 10,000 events every event is held exactly once, in order, whatever the line does."""
    await under_faults(tmp_path, seed, 10_000, Provider("plain"))
