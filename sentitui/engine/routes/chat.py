"""/chat/completions: answers by a base or tuned model, whole or as a stream."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import aclosing
from typing import Any, TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sentitui.engine.http.body import json_body
from sentitui.engine.ports import Generated, Generation, Usage
from sentitui.engine.responses.chat import Completion
from sentitui.engine.responses.errors import ApiError, internal, mapped, unknown_model
from sentitui.engine.services import Services, services
from sentitui.engine.validation.chat_request import ChatRequest, chat_request

_log = logging.getLogger(__name__)

Result = TypeVar("Result")
_GONE = 499
"""The status of an answer that nobody reads: the log shows that the client went away."""


async def create(request: Request) -> Response:
    """Answers a conversation; generation stops when the client goes away."""
    wanted = chat_request(await json_body(request))
    here = services(request)
    generation = await asyncio.to_thread(_generation, here, wanted)
    completion = Completion(wanted.model, logprobs=wanted.top_logprobs is not None)
    generated = _counted(here, here.inference.generate(generation))
    if not wanted.stream:
        items = await _unless_gone(request, _collect(generated))
        return Response(status_code=_GONE) if items is None else JSONResponse(completion.whole(items))
    # The first item decides between an error status and a stream.
    first = await _unless_gone(request, anext(generated))
    if first is None:
        await generated.aclose()
        return Response(status_code=_GONE)
    chunks = completion.chunks(_from(first, generated), n=wanted.n, include_usage=wanted.include_usage)
    return _EventStream(chunks, generated)


class _EventStream(StreamingResponse):
    """Server-sent events; however it ends, the generation behind it ends too."""

    def __init__(
        self, chunks: AsyncIterator[dict[str, Any]], generated: AsyncGenerator[Generated, None]
    ) -> None:
        super().__init__(_sse(chunks), media_type="text/event-stream", headers={"cache-control": "no-cache"})
        self._generated = generated

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._generated):
            await super().__call__(scope, receive, send)


def _generation(here: Services, wanted: ChatRequest) -> Generation:
    tuned = here.store.models.get(wanted.model)
    if tuned is None and wanted.model not in here.bases.names():
        raise unknown_model(wanted.model)
    return Generation(
        base=wanted.model if tuned is None else tuned.base,
        adapter=None if tuned is None else tuned.adapter,
        messages=wanted.messages,
        n=wanted.n,
        max_tokens=wanted.max_tokens,
        temperature=wanted.temperature,
        top_p=wanted.top_p,
        seed=wanted.seed,
        stop=wanted.stop,
        frequency_penalty=wanted.frequency_penalty,
        presence_penalty=wanted.presence_penalty,
        logit_bias=wanted.logit_bias,
        top_logprobs=wanted.top_logprobs,
        tools=wanted.tools,
        answer_schema=wanted.answer_schema,
    )


async def _counted(
    here: Services, generated: AsyncGenerator[Generated, None]
) -> AsyncGenerator[Generated, None]:
    with here.gate.passage(), here.telemetry.generating():
        async with aclosing(generated):
            async for item in generated:
                if isinstance(item, Usage):
                    here.telemetry.tokens(item.prompt_tokens, item.completion_tokens)
                yield item


async def _collect(generated: AsyncGenerator[Generated, None]) -> list[Generated]:
    async with aclosing(generated):
        return [item async for item in generated]


async def _unless_gone(request: Request, work: Awaitable[Result]) -> Result | None:
    """The result of `work`, or None when the client goes away first: then the work is cancelled."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.create_task(_disconnected(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        return await working if working.done() else None
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


async def _from(first: Generated, rest: AsyncIterator[Generated]) -> AsyncIterator[Generated]:
    yield first
    async for item in rest:
        yield item


async def _sse(chunks: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    try:
        async for chunk in chunks:
            yield _line(chunk)
        yield b"data: [DONE]\n\n"
    except Exception as error:
        if not isinstance(error, ApiError):
            _log.error("a stream broke off", exc_info=error)
        yield _line((mapped(error) or internal()).body())


def _line(value: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"


ROUTES = (Route("/chat/completions", create, methods=["POST"]),)
