"""uvicorn's HTTP/1.1 side, with OpenAI's envelope even for what is not HTTP, and an end to slow headers."""

from __future__ import annotations

import asyncio

import h11
import orjson
from uvicorn.protocols.http.h11_impl import H11Protocol

from sentitui.engine import limits
from sentitui.engine.names import new_id
from sentitui.engine.responses.errors import ApiError, bad_request


class EnvelopeProtocol(H11Protocol):
    """Answers a malformed request with a JSON error instead of plain text, and gives up one that never comes.

    uvicorn times the pause between two requests; the time until a request's headers are whole is timed here,
    from the first byte (or the connection's beginning), however slowly the rest drips in.
    """

    header_seconds = limits.HEADER_SECONDS
    _overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for the first request."""
        super().connection_made(transport)
        self._await_headers()

    def data_received(self, data: bytes) -> None:
        """Takes what came; waits on for headers that are not whole."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._await_headers()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Writes the whole answer and closes the connection."""
        self._close_with(bad_request(msg, None, "invalid_http_request"))

    def _await_headers(self) -> None:
        if self._overdue is None:
            self._overdue = self.loop.call_later(self.header_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None

    def _give_up(self) -> None:
        """Closes; whoever had begun a request is told why."""
        self._overdue = None
        if self.transport.is_closing():
            return
        if self.conn.trailing_data[0]:
            message = f"The request's headers did not come within {self.header_seconds:g} seconds."
            self._close_with(ApiError(408, message, code="request_timeout"))
        else:
            self.transport.close()

    def _close_with(self, error: ApiError) -> None:
        body = orjson.dumps(error.body())
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
            (b"x-request-id", new_id("req_").encode()),
        ]
        answer = h11.Response(status_code=error.status, headers=headers)
        events = (answer, h11.Data(data=body), h11.EndOfMessage())
        self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        self.transport.close()
