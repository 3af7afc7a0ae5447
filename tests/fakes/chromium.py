"""A real headless Chromium, told what to do through its DevTools protocol: open, type, look.

What the page's terminal was sent is read from the browser's own record of its websocket frames and drawn by
pyte, so a test sees the rows that the browser was given; `picture` is what it painted.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import shutil
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pyte

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Tab:
    """One page of the browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, size: tuple[int, int]) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._news = asyncio.Event()
        self.requested: list[str] = []
        self.refused: list[str] = []
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)

    async def listen(self) -> None:
        """Takes answers and news until the browser ends."""
        async for message in self._socket:
            said = message.json()
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said.get("result", {}))
            else:
                self._hear(said["method"], said["params"])
            self._news.set()

    def _hear(self, method: str, params: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requested.append(params["request"]["url"])
        elif method == "Network.loadingFailed":
            self.refused.append(params.get("blockedReason", params["errorText"]))
        elif method == "Network.webSocketFrameReceived" and params["response"]["opcode"] == 2:
            self._stream.feed(base64.b64decode(params["response"]["payloadData"]))

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol and its result."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        return await self._answers[number]

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        result = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return result["result"].get("value")

    async def press(self, key: str) -> None:
        """Presses a key that types one character."""
        await self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def picture(self) -> bytes:
        """What the browser has painted, as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])

    def rows(self) -> str:
        """The rows of the terminal as sent."""
        return "\n".join(self.screen.display)

    async def until(self, holds: Callable[[Tab], bool], seconds: float = 60) -> None:
        """Waits for news until `holds` does. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not holds(self):
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def open_tab(profile: Path, size: tuple[int, int]) -> AsyncIterator[Tab]:
    """A page of a fresh browser whose terminal will have that size; the browser ends with the block."""
    process = await _start(profile)
    try:
        async with aiohttp.ClientSession() as client:
            address = await _page_address(client, await _endpoint(process))
            async with client.ws_connect(address, max_msg_size=0) as socket:
                tab = Tab(socket, size)
                listening = asyncio.create_task(tab.listen())
                for domain in ("Page", "Network", "Runtime"):
                    await tab.call(f"{domain}.enable")
                yield tab
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)
    finally:
        process.terminate()
        await process.communicate()


async def _start(profile: Path) -> Process:
    assert CHROMIUM is not None
    options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=1200,800")
    return await asyncio.create_subprocess_exec(
        CHROMIUM, *options, "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank",
        stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE,
    )  # fmt: skip


async def _endpoint(process: Process) -> str:
    """The host and port that Chromium says it listens on."""
    assert process.stderr is not None
    async for line in process.stderr:
        if b"DevTools listening on ws://" in line:
            return line.decode().split("ws://", 1)[1].split("/", 1)[0]
    raise RuntimeError("Chromium ended before it listened")


async def _page_address(client: aiohttp.ClientSession, endpoint: str) -> str:
    async with client.get(f"http://{endpoint}/json/list") as answer:
        pages = [each for each in await answer.json(content_type=None) if each["type"] == "page"]
    return str(pages[0]["webSocketDebuggerUrl"])
