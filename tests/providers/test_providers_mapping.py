"""What the SDK raises, as what the user is told."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator

import httpx2
import openai
import pytest
from openai import AsyncOpenAI, _exceptions

from sentitui.errors import ProviderError, ProviderRefused, ProviderUnreachable
from sentitui.providers.mapping import KINDS, map_error
from sentitui.providers.provider import Provider
from tests.fakes.openai_server import OpenAIServer, Reply, problem

PROVIDER = Provider("acme", base_url="https://acme.example/v1", api_key_env="ACME_KEY")


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    """A server that knows one model."""
    async with OpenAIServer() as each:
        yield each


async def mapped(server: OpenAIServer, model: str = "base") -> ProviderError:
    """What asking that server ends in."""
    async with AsyncOpenAI(api_key="k", base_url=server.base_url, max_retries=0) as client:
        with pytest.raises(openai.OpenAIError) as caught:
            await client.models.retrieve(model)
    return map_error(caught.value, PROVIDER, model=model)


def test_every_exception_of_the_sdk_has_its_place() -> None:
    """When openai grows an exception that is not mapped here, this fails."""
    known = {
        name
        for name, each in vars(_exceptions).items()
        if inspect.isclass(each) and issubclass(each, Exception)
    }
    assert known == set(KINDS)
    assert set(KINDS.values()) == {"unreachable", "refused"}


def test_every_network_exception_is_one_we_map() -> None:
    """httpx2's transport errors stay under the classes that the mapping names."""
    mine = (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL)
    elsewhere = {
        name
        for name, each in vars(httpx2).items()
        if inspect.isclass(each) and issubclass(each, Exception) and not issubclass(each, mine)
    }
    assert elsewhere <= {"CookieConflict", "SSEError"}


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
async def test_what_may_work_later_is_unreachable(server: OpenAIServer, status: int) -> None:
    """Time-outs, limits and server errors invite another try; the server's wish to wait is kept."""
    server.fault = lambda call, reply: problem(status, "busy", **{"retry-after": "7"})
    error = await mapped(server)
    assert isinstance(error, ProviderUnreachable), status
    assert error.retry_after == 7


@pytest.mark.parametrize(
    ("status", "code", "hint"),
    [
        (401, "invalid_api_key", "ACME_KEY"),
        (403, None, "ACME_KEY"),
        (403, "training_not_available", "--provider engine"),
        (404, "model_not_found", "gpt-x"),
        (404, None, "deleted"),
        (413, None, "larger"),
        (400, None, ""),
        (422, None, ""),
    ],
)
async def test_what_will_not_change_says_what_to_do(
    server: OpenAIServer, status: int, code: str | None, hint: str
) -> None:
    """A refusal carries the server's words, its status and code, and a way out."""
    server.fault = lambda call, reply: problem(status, "no \x1b[31mway", code)
    error = await mapped(server, "gpt-x")
    assert isinstance(error, ProviderRefused)
    assert error.message == "acme refused: no ␛[31mway"
    assert (error.status, error.code) == (status, code)
    assert hint in error.hint


async def test_errors_in_other_shapes_are_told_too(server: OpenAIServer) -> None:
    """A page of HTML is not shown; FastAPI's `detail` is."""
    html = {"content-type": "text/html"}
    server.fault = lambda call, reply: Reply(502, b"<html><body><h1>Bad gateway</h1></body></html>", html)
    assert "<" not in (await mapped(server)).message
    server.fault = lambda call, reply: Reply(422, b'{"detail": "model is missing"}')
    assert "model is missing" in (await mapped(server)).message


async def test_a_server_that_is_not_there_is_said_so() -> None:
    """A refused connection names the address and what to check."""
    async with OpenAIServer() as server:
        pass
    error = await mapped(server)
    assert isinstance(error, ProviderUnreachable)
    assert "https://acme.example/v1" in error.message
    assert error.hint


def test_a_bug_is_not_disguised() -> None:
    """What is neither the SDK's nor the network's is raised again."""
    with pytest.raises(ZeroDivisionError):
        map_error(ZeroDivisionError("1/0"), PROVIDER)
