"""uvicorn's HTTP/1.1 side, with OpenAI's envelope even for what is not HTTP."""

from __future__ import annotations

import h11
import orjson
from uvicorn.protocols.http.h11_impl import H11Protocol

from sentitui.engine.names import new_id
from sentitui.engine.responses.errors import bad_request


class EnvelopeProtocol(H11Protocol):
    """Answers a malformed request with a JSON error instead of plain text."""

    def send_400_response(self, msg: str) -> None:
        """Writes the whole answer and closes the connection."""
        body = orjson.dumps(bad_request(msg, None, "invalid_http_request").body())
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
            (b"x-request-id", new_id("req_").encode()),
        ]
        events = (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage())
        self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))
        self.transport.close()
