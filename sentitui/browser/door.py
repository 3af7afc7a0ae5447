"""Who may open the page: its own user, with the key, through a loopback name, from the page itself.

Loopback alone is no protection: every user of the machine can connect to it, and so can every web page that
the user's browser has open. So each answer needs the key, names that other sites could point here are
refused, and a connection must come from our own page.
"""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


class Door:
    """The key of one server, and the check of every request."""

    def __init__(self) -> None:
        self.key = secrets.token_urlsafe(24)

    def middleware(self) -> Middleware:
        """Checks each request before any handler sees it, and closes the page to other sites."""

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._check(request)
            answer = await handler(request)
            if not answer.prepared:
                self._seal(request, answer)
            return answer

        return check

    def _check(self, request: web.Request) -> None:
        if urlsplit(f"//{request.host}").hostname not in _NAMES:
            raise web.HTTPForbidden(text="This page is open to this machine alone.")
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden(text="Another web page cannot use this one.")
        given = request.query.get("key") or request.cookies.get(_cookie(request), "")
        if not hmac.compare_digest(given.encode(), self.key.encode()):
            raise web.HTTPForbidden(text="Open the address that `sentitui serve` has printed, with its key.")

    def _seal(self, request: web.Request, answer: web.StreamResponse) -> None:
        # The page of textual-serve asks another host for a font; nobody has to know that it was opened.
        answer.headers["Content-Security-Policy"] = (
            "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
            f"img-src 'self' data:; connect-src 'self' ws://{request.host}; frame-ancestors 'none'"
        )
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cache-Control"] = "no-store"
        answer.set_cookie(_cookie(request), self.key, httponly=True, samesite="Strict")


def _cookie(request: web.Request) -> str:
    """Cookies know no ports: two servers at once need two names."""
    return f"sentitui-key-{request.url.port}"
