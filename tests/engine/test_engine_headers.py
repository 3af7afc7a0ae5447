"""Connections that never finish their headers end; those that do are served."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from sentitui.engine.http.listen import listen
from sentitui.engine.http.protocol import EnvelopeProtocol

_REQUEST = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n"


class Impatient(EnvelopeProtocol):
    """Waits for headers as long as a test can."""

    header_seconds = 0.05


async def _hello(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A server's port."""
    config = uvicorn.Config(_hello, http=Impatient, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listener:
        config.load()
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        yield int(listener.getsockname()[1])
        await server.shutdown(sockets=[listener])


async def test_headers_that_never_end_are_told_and_closed(port: int) -> None:
    """The half of a request: 408 in the API's envelope, and the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nhost: he")
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["error"]["code"] == "request_timeout"
    writer.close()


async def test_a_connection_without_a_request_is_closed_without_a_word(port: int) -> None:
    """An answer that nobody asked for would be read as that of the next request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert await reader.read() == b""
    writer.close()


async def test_the_second_request_of_a_connection_is_timed_too(port: int) -> None:
    """The first is answered; the second, which stops in its headers, is given up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_REQUEST)
    assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200 ")
    writer.write(_REQUEST[:-6])
    assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
    writer.close()
