"""The outermost layer: headers on every answer, an envelope on every failure, a log line per request."""

from __future__ import annotations

import logging
import time

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentitui.engine.names import new_id
from sentitui.engine.responses.errors import ApiError, internal, mapped
from sentitui.engine.responses.objects import ORGANIZATION
from sentitui.engine.telemetry import Telemetry

_log = logging.getLogger(__name__)


class Envelope:
    """Wraps the application; knows of one request its id, status and duration, never its headers or body."""

    def __init__(self, app: ASGIApp, *, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        try:
            await self._app(scope, receive, answer.send)
        except ClientDisconnect:
            answer.status = 499
        except Exception as error:
            await self._fail(error, answer, scope, receive)
        finally:
            answer.log()
            self._telemetry.answered(scope["method"], answer.status, answer.seconds())

    async def _fail(self, error: Exception, answer: _Answer, scope: Scope, receive: Receive) -> None:
        known = mapped(error)
        if known is None:
            _log.error("request %s failed", answer.request_id, exc_info=error)
        elif not isinstance(error, ApiError):
            _log.warning("request %s: %s", answer.request_id, known.message)
        if answer.status:
            # The answer has begun: all that is left is to break it off, so that nobody takes it for whole.
            raise error
        await (known or internal()).response()(scope, receive, answer.send)


class _Answer:
    def __init__(self, scope: Scope, send: Send) -> None:
        self.request_id = new_id("req_")
        self.status = 0
        self._scope = scope
        self._send = send
        self._began = time.perf_counter()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self._headers()]
        await self._send(message)

    def _headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"x-request-id", self.request_id.encode()),
            (b"openai-processing-ms", str(self._milliseconds()).encode()),
            (b"openai-organization", ORGANIZATION.encode()),
            (b"openai-version", b"2020-10-01"),
            # A web page must neither read an answer nor guess what it is.
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]

    def seconds(self) -> float:
        return time.perf_counter() - self._began

    def _milliseconds(self) -> int:
        return round(self.seconds() * 1000)

    def log(self) -> None:
        _log.info(
            "request",
            extra={
                "request_id": self.request_id,
                "method": self._scope["method"],
                "path": self._scope["path"][:500],
                "status": self.status,
                "ms": self._milliseconds(),
            },
        )
