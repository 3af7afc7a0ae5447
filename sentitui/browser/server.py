"""The web server: the page, its static files, and a websocket that carries keys in and screens out."""

from __future__ import annotations

import asyncio
import errno
import json
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
import textual_serve
from aiohttp import WSMsgType, web

from sentitui.browser.door import Door
from sentitui.browser.session import Session
from sentitui.errors import ConfigError

_HOST = "127.0.0.1"
_PARTS = Path(textual_serve.__file__).parent
_LARGEST = 1000
"""Columns or rows that a page may ask for."""


class Page:
    """The routes; each page that is opened runs `command` on a terminal of its own."""

    def __init__(self, command: Sequence[str], title: str) -> None:
        self._command = command
        self._title = title
        self.door = Door()

    def application(self) -> web.Application:
        """The application to serve."""
        application = web.Application(middlewares=[self.door.middleware()])
        aiohttp_jinja2.setup(application, loader=jinja2.FileSystemLoader(_PARTS / "templates"))
        application.router.add_get("/", self._index)
        application.router.add_get("/ws", self._connect)
        application.router.add_static("/static", _PARTS / "static")
        return application

    async def _index(self, request: web.Request) -> web.StreamResponse:
        context = {
            "font_size": _number(request.query.get("fontsize"), 16),
            "app_websocket_url": f"ws://{request.host}/ws",
            "config": {"static": {"url": "/static/"}},
            "application": {"name": self._title},
        }
        return aiohttp_jinja2.render_template("app_index.html", request, context)

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=15)
        await socket.prepare(request)
        size = _number(request.query.get("width"), 80), _number(request.query.get("height"), 24)
        session = Session.start(self._command, size)
        showing = asyncio.create_task(_show(session, socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await _obey(message.data, session, socket)
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)
            await session.close()
        return socket


async def serve(command: Sequence[str], port: int, title: str, ready: Callable[[str], None]) -> None:
    """Serves on loopback until SIGINT or SIGTERM; `ready` gets the address with its key.

    Raises ConfigError when the port is taken or not allowed.
    """
    page = Page(command, title)
    runner = web.AppRunner(page.application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await _listen(runner, port)
        host, bound = runner.addresses[0][:2]
        ready(f"http://{host}:{bound}/?key={page.door.key}")
        await _told_to_end()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, port: int) -> None:
    try:
        await web.TCPSite(runner, _HOST, port).start()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        raise ConfigError(
            f"Port {port} is in use." if taken else f"Cannot listen on port {port}: {error.strerror}.",
            "Choose another with --port, or leave it out for any free one.",
        ) from error


async def _told_to_end() -> None:
    loop, end = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end.set)
    await end.wait()


async def _show(session: Session, socket: web.WebSocketResponse) -> None:
    async for content in session.output():
        await socket.send_bytes(content)
    await socket.close()


async def _obey(text: str, session: Session, socket: web.WebSocketResponse) -> None:
    """Does what the page says; what is no message of the page's protocol is left alone."""
    try:
        kind, *rest = json.loads(text)
    except (ValueError, TypeError):
        return
    match kind, rest:
        case "stdin", [str(typed)]:
            await session.type(typed.encode("utf-8", "replace"))
        case "resize", [{"width": width, "height": height}]:
            session.resize((_number(width, 80), _number(height, 24)))
        case "ping", [value]:
            await socket.send_json(["pong", value])


def _number(value: Any, default: int) -> int:
    try:
        return min(max(int(value), 1), _LARGEST)
    except (TypeError, ValueError):
        return default
