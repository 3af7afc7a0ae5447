"""Asking contenders over the real SDK."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from sentitui.config import Paths
from sentitui.playground.contender import Contender
from sentitui.playground.run import Completion, Delta, Finished, Prompt, RunEvent, Started, part, run
from sentitui.providers.client import Connections
from sentitui.providers.provider import Provider
from tests.fakes.openai_server import DROP, Call, OpenAIServer, Reply, problem

PROMPTS = [Prompt(({"role": "user", "content": text},), text) for text in ("one", "two")]


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    """A server that repeats the question with the model's name."""
    async with OpenAIServer() as each:
        each.models = ["base", "tuned"]
        each.answer = lambda body, index: f"{body['model']} says {body['messages'][-1]['content']} {index}"
        yield each


@pytest.fixture
async def connections(tmp_path: Path) -> AsyncIterator[Connections]:
    """Clients that are closed afterwards."""
    each = Connections(Paths(tmp_path / "c.toml", tmp_path, tmp_path))
    yield each
    await each.close()


def two(server: OpenAIServer, **changes: object) -> list[Contender]:
    """Base and tuned at one provider."""
    provider = replace(Provider("p", base_url=server.base_url), **changes)  # type: ignore[arg-type]  # any field
    return [Contender(name, provider, name) for name in ("base", "tuned")]


def places(completions: list[Completion]) -> list[tuple[str, int, int]]:
    """Who answered what, in order."""
    return [(each.contender, each.prompt, each.repeat) for each in completions]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("choices", [1, 2, 16])
async def test_everyone_answers_everything_every_time(
    server: OpenAIServer, connections: Connections, stream: bool, choices: int
) -> None:
    """Contenders x prompts x repeats, in that order, however many answers a request may bring."""
    told: list[RunEvent] = []
    contenders = two(server, choices=choices)
    done = await run(contenders, PROMPTS, 3, connections.client, emit=told.append, stream=stream)
    assert places(done) == [(c, p, r) for c in ("base", "tuned") for p in (0, 1) for r in range(3)]
    assert all(each.text.startswith(f"{each.contender} says {PROMPTS[each.prompt].text}") for each in done)
    assert sum(isinstance(each, Started) for each in told) == 12
    assert all(each.model == each.contender for each in done)
    assert {each.completion for each in told if isinstance(each, Finished)} == set(done)
    if stream:
        texts: dict[tuple[str, int, int], str] = {}
        for each in told:
            if isinstance(each, Delta):
                key = (each.contender, each.prompt, each.repeat)
                texts[key] = texts.get(key, "") + each.text
        assert texts == {(each.contender, each.prompt, each.repeat): each.text for each in done}
    assert sum(each.prompt_tokens for each in done) == 10 * len(server.calls)
    assert sum(each.completion_tokens for each in done) == 2 * 12


async def test_a_failing_contender_stops_nobody(server: OpenAIServer, connections: Connections) -> None:
    """What fails is a value with the reason; the other contender's answers are all there."""
    base, tuned = two(server)
    done = await run([replace(base, model="nobody"), tuned], PROMPTS, 2, connections.client)
    assert [bool(each.error) for each in done] == [True] * 4 + [False] * 4
    assert "does not exist" in done[0].error
    assert done[0].answer is None


@pytest.mark.parametrize(
    "reply",
    [
        problem(400, "bad"),
        Reply(200, b"<html>", {"content-type": "text/html"}),
        Reply(200, b'{"choices": []}'),
        Reply(200, b'data: {"error": {"message": "broke"}}\n\n', {"content-type": "text/event-stream"}),
        Reply(200, b"", {"content-type": "text/event-stream"}),
        DROP,
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_every_kind_of_bad_answer_is_a_value(
    server: OpenAIServer, connections: Connections, reply: Reply, stream: bool
) -> None:
    """Refusals, pages of HTML, empty answers and closed connections never raise."""
    server.fault = lambda call, good: reply
    client = await connections.client(two(server)[0].provider)
    client.max_retries = 0
    done = await run(two(server)[:1], PROMPTS[:1], 1, connections.client, stream=stream)
    assert len(done) == 1
    assert done[0].error


async def test_no_more_requests_are_open_than_allowed(server: OpenAIServer, connections: Connections) -> None:
    """The limit holds per provider, and it is used up."""

    async def wait(call: Call) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    server.before_answer = wait
    await run(two(server), PROMPTS, 5, connections.client, limit=4)
    assert server.most_open == 4


async def test_a_missing_key_is_each_answers_error(connections: Connections) -> None:
    """A contender that cannot even be connected to fails alone."""
    remote = Provider("remote", base_url="https://remote.example/v1", api_key_env="SURELY_NOT_SET")
    done = await run([Contender("x", remote, "m")], PROMPTS, 1, connections.client)
    assert ["SURELY_NOT_SET" in each.error for each in done] == [True, True]


async def test_settings_are_sent_and_repeats_have_their_own_seed(
    server: OpenAIServer, connections: Connections
) -> None:
    """System prompt, shots and sampling go with each request; None is left to the provider."""
    shots = ({"role": "user", "content": "hm"}, {"role": "assistant", "content": "Neutral"})
    base = replace(two(server)[0], system_prompt="be short", seed=7, top_p=0.9, temperature=None, shots=shots)
    own = Prompt(({"role": "system", "content": "be long"}, {"role": "user", "content": "one"}))
    await run([base], [own], 2, connections.client)
    bodies = sorted((call.json for call in server.calls), key=lambda body: int(body["seed"]))
    assert [body["seed"] for body in bodies] == [7, 8]
    assert bodies[0] == {
        "model": "base",
        "messages": [
            {"role": "system", "content": "be short"},
            *shots,
            {"role": "user", "content": "one"},
        ],
        "top_p": 0.9,
        "seed": 7,
        "max_completion_tokens": 24,
    }


async def test_cancelling_ends_every_request(server: OpenAIServer, connections: Connections) -> None:
    """A cancelled run leaves nothing behind that still asks."""
    never = asyncio.Event()
    asked = asyncio.Event()

    async def wait(call: Call) -> None:
        asked.set()
        await never.wait()

    server.before_answer = wait
    task = asyncio.create_task(run(two(server), PROMPTS, 5, connections.client))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_parts_add_up() -> None:
    """A total cut into whole parts is whole again."""
    assert [part(10, 3, index) for index in range(3)] == [3, 3, 4]
