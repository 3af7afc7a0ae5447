"""Who may come in: the right host name, no web page, the bearer key.

The key alone keeps strangers out. The host and origin checks stop a page in the user's browser from even
trying (DNS rebinding, cross-site requests).
"""

from __future__ import annotations

import hmac
import ipaddress
import socket

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sentitui.engine.responses.errors import ApiError

_OPEN_PATHS = ("/health",)
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


class Guard:
    """Lets a request pass or refuses it before its body is read."""

    def __init__(self, app: ASGIApp, *, api_key: str, host: str) -> None:
        self._app = app
        self._key = api_key.encode()
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request. Raises ApiError."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            self._check_host(headers)
            self._check_origin(headers)
            if scope["path"] not in _OPEN_PATHS:
                self._check_key(headers)
        await self._app(scope, receive, send)

    def _check_host(self, headers: Headers) -> None:
        name = _without_port(headers.get("host", "")).lower()
        if name in _LOOPBACK_NAMES or name == self._host.lower():
            return
        if not is_loopback(self._host) and (_is_address(name) or name == socket.gethostname().lower()):
            # Serving other machines was asked for; they may use any address of this one, or its name.
            return
        raise ApiError(403, "This host name is not served here.", code="host_not_allowed")

    def _check_origin(self, headers: Headers) -> None:
        origin = headers.get("origin")
        own = f"http://{headers.get('host', '')}"
        if (origin is None or origin == own) and headers.get("sec-fetch-site") not in (
            "cross-site",
            "same-site",
        ):
            return
        raise ApiError(403, "Web pages may not use this engine.", code="origin_not_allowed")

    def _check_key(self, headers: Headers) -> None:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not given.strip():
            raise _unauthorized(
                "You didn't provide an API key. You need to provide your API key in an Authorization header"
                " using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). The engine keeps its key in the"
                " file api_key in its home."
            )
        if not hmac.compare_digest(given.strip().encode("latin-1"), self._key):
            raise _unauthorized(
                "Incorrect API key provided. The engine keeps its key in the file api_key in its home."
            )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach this listening address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unauthorized(message: str) -> ApiError:
    return ApiError(401, message, code="invalid_api_key", headers={"www-authenticate": "Bearer"})


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[: host.find("]") + 1]
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
