"""Errors in OpenAI's envelope: what a route raises, and how everything else that goes wrong is answered.

Texts, codes and statuses follow the published behaviour; nearly everything is 400, and never 409, because
clients try a 409 again.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from sentitui.engine.ports import GenerationRefused
from sentitui.errors import SentituiError


class ApiError(Exception):
    """A refusal as the client reads it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.param = param
        self.code = code
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The envelope: all four keys, always."""
        error = {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}
        return {"error": error}

    def response(self) -> JSONResponse:
        """The whole answer."""
        return JSONResponse(self.body(), self.status, self.headers)


def bad_request(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """400: the request itself is wrong."""
    return ApiError(400, message, param=param, code=code)


def not_found(kind: str, identifier: str, param: str = "id") -> ApiError:
    """404 for an id that names nothing (`kind` as in "File")."""
    return ApiError(404, f"No such {kind}: {_shown(identifier)}", param=param)


def unknown_model(name: str) -> ApiError:
    """404 for a model that is not here."""
    text = f"The model `{_shown(name)}` does not exist or you do not have access to it."
    return ApiError(404, text, param="model", code="model_not_found")


def too_large(limit: int) -> ApiError:
    """413: a body or file beyond its limit in bytes."""
    text = f"The request is too large: at most {limit:,} bytes are accepted here."
    return ApiError(413, text, code="request_too_large", headers={"connection": "close"})


def mapped(error: Exception) -> ApiError | None:
    """What a known exception means to the client; None when it is a bug."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, GenerationRefused):
        return bad_request(error.message, error.param, error.code)
    if _is_full(error):
        return _unavailable(507, "The engine's disk is full. Free some space and try again.", "disk_full")
    if isinstance(error, SentituiError):
        return _unavailable(503, f"{error.message} {error.hint}".strip(), "engine_unavailable")
    return None


def internal() -> ApiError:
    """500 for a bug; the log has the traceback under the same request id."""
    return ApiError(500, "The engine had an error while processing your request.", kind="server_error")


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode in (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_WRITE,
    )


def _unavailable(status: int, message: str, code: str) -> ApiError:
    # Trying again at once would not help, and the client would wait three times as long for the message.
    return ApiError(status, message, kind="server_error", code=code, headers={"x-should-retry": "false"})


def _shown(identifier: str) -> str:
    return identifier if len(identifier) <= 200 else identifier[:200] + "..."
