"""Reaches the engine wherever it is now.

A restarted engine has another port. When a connection is refused, the address is read again from the engine's
home and the request goes there; so a client made before the restart keeps working. Starts nothing.
"""

from __future__ import annotations

from pathlib import Path

import httpx2

from sentitui.providers.local_engine import EngineAddress, read_address


class EngineTransport(httpx2.AsyncBaseTransport):
    """Sends each request to the address that the engine's home names."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._inner = httpx2.AsyncHTTPTransport()
        self._moved: EngineAddress | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends the request; on a refused connection once more to where the engine is now."""
        if self._moved is not None:
            _redirect(request, self._moved)
        try:
            return await self._inner.handle_async_request(request)
        except httpx2.ConnectError:
            address = read_address(self._home)
            if address is None or _is_there(request, address):
                raise
            self._moved = address
            _redirect(request, address)
            return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


def _is_there(request: httpx2.Request, address: EngineAddress) -> bool:
    url = httpx2.URL(address.base_url)
    return (request.url.host, request.url.port) == (url.host, url.port)


def _redirect(request: httpx2.Request, address: EngineAddress) -> None:
    url = httpx2.URL(address.base_url)
    request.url = request.url.copy_with(host=url.host, port=url.port)
    request.headers["Host"] = request.url.netloc.decode("ascii")
    request.headers["Authorization"] = f"Bearer {address.api_key}"
