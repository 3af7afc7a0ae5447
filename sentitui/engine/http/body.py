"""Request bodies: bounded in size and time, JSON parsed strictly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from sentitui.engine import limits
from sentitui.engine.responses.errors import ApiError, bad_request, too_large


async def chunks(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body piece by piece. Raises ApiError beyond `limit` bytes or when the client stalls."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        await _drain(request)
        raise too_large(limit)
    total = 0
    async for chunk in _pieces(request):
        total += len(chunk)
        if total > limit:
            await _drain(request)
            raise too_large(limit)
        yield chunk


async def json_body(request: Request) -> Any:
    """The parsed body. Raises ApiError when it is not JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        # Also what keeps a web form out: it cannot send this type.
        message = (
            f"Unsupported content type: '{kind[:100]}'. This method only accepts 'application/json' requests."
        )
        raise bad_request(message, None, "unsupported_content_type")
    content = b"".join([chunk async for chunk in chunks(request, limits.JSON_BYTES)])
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        message = f"We could not parse the JSON body of your request: {error}."
        raise bad_request(message, None, "invalid_json") from error


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    more = True
    while more:
        try:
            async with asyncio.timeout(limits.STALL_SECONDS):
                message = await request.receive()
        except TimeoutError as error:
            raise ApiError(
                408,
                f"The request body did not arrive: nothing came for {limits.STALL_SECONDS:.0f} s.",
                code="request_timeout",
                headers={"connection": "close", "x-should-retry": "false"},
            ) from error
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        more = message.get("more_body", False)
        if chunk := message.get("body", b""):
            yield chunk


async def _drain(request: Request) -> None:
    # A client that is still sending would see a reset connection instead of the answer.
    total = 0
    async for chunk in _pieces(request):
        total += len(chunk)
        if total > limits.DRAIN_BYTES:
            return
