"""The app in a browser: the real command, over HTTP and websocket, and in a real headless Chromium."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pyte
import pytest

from sentitui.cli.main import main
from sentitui.resources import install_command
from tests.fakes.chromium import CHROMIUM, open_tab


@asynccontextmanager
async def serving(home: Path, *words: str) -> AsyncIterator[tuple[str, Process]]:
    """`sentitui serve` with a fresh home: its address, with the key, and its process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sentitui", "serve", *words,
        stdout=PIPE, stderr=PIPE, env={**os.environ, "SENTITUI_HOME": str(home)},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = (await process.stdout.readline()).decode()
        yield said.split()[-1], process
    finally:
        if process.returncode is None:
            process.terminate()
        _, complaints = await process.communicate()
        assert complaints == b""


def browser() -> aiohttp.ClientSession:
    """A client that keeps cookies of addresses too, as browsers do."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


def base_of(address: str) -> str:
    """The address without the key."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


async def test_the_page_needs_the_key_a_loopback_name_and_its_own_origin(tmp_path: Path) -> None:
    """Other users, rebound names and other web pages are refused; the key opens the page, sealed by CSP."""
    async with serving(tmp_path) as (address, _), aiohttp.ClientSession() as client:
        base = base_of(address)
        for path in ("/", "/ws", "/static/js/textual.js", "/?key=wrong"):
            async with client.get(base + path) as answer:
                assert answer.status == 403
        async with client.get(address, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403
        async with client.get(address, headers={"Origin": "http://evil.example"}) as answer:
            assert answer.status == 403
        async with client.get(address) as answer:
            assert answer.status == 200
            assert "connect-src 'self'" in answer.headers["Content-Security-Policy"]
            assert "HttpOnly" in answer.headers["Set-Cookie"]
            assert "ws://127.0.0.1" in await answer.text()


async def test_the_websocket_carries_the_app_and_ends_with_it(tmp_path: Path) -> None:
    """Screens come out, keys go in, sizes are obeyed, nonsense is left alone, and `q` ends the session."""
    async with serving(tmp_path) as (address, process), browser() as client:
        (await client.get(address)).close()
        url = base_of(address) + "/ws?width=100&height=30"
        screen = pyte.Screen(100, 30)
        stream = pyte.ByteStream(screen)
        async with client.ws_connect(url, headers={"Origin": base_of(address)}) as page:
            for nonsense in ("", "1", "[]", '["resize", 3]', '["stdin", null]', "{}"):
                await page.send_str(nonsense)
            await page.send_str('["stdin", "3"]')
            async with asyncio.timeout(60):
                async for message in page:
                    if message.type is aiohttp.WSMsgType.BINARY:
                        stream.feed(message.data)
                    if re.search(r"system.*ask", " ".join(screen.display)):
                        break
                await page.send_str('["stdin", "q"]')
                assert [each async for each in page if each.type is aiohttp.WSMsgType.TEXT] == []
        assert process.returncode is None


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
async def test_a_real_browser_shows_the_app_and_takes_keys(tmp_path: Path) -> None:
    """Chromium paints the examples, a key changes the place, and no other host is asked for anything."""
    async with serving(tmp_path / "home") as (address, _), open_tab(tmp_path / "profile", (200, 60)) as tab:
        await tab.call("Page.navigate", url=address)
        await tab.until(lambda page: "Positive" in page.rows())
        await tab.press("3")
        await tab.until(lambda page: "system" in page.rows())
        assert len(await tab.picture()) > 20_000
        asked = {urlsplit(url).netloc for url in tab.requested if url.startswith("http")}
        assert asked <= {urlsplit(address).netloc, "fonts.googleapis.com"}
        assert "csp" in tab.refused


def test_a_port_in_use_is_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A taken port ends the command with what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["serve", "--port", str(taken.getsockname()[1])]) == 1
    said = capsys.readouterr().err
    assert "is in use" in said
    assert "--port" in said


@pytest.mark.parametrize(
    ("words", "said"), [(["--port", "70000"], "70000"), (["nowhere.jsonl"], "nowhere.jsonl")]
)
def test_what_cannot_be_served_is_said_before_serving(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An impossible port and a missing file end with status 1 and name what is wrong."""
    assert main(["serve", *words]) == 1
    assert said in capsys.readouterr().err


def test_without_the_extra_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing library is one message with the pip command."""
    monkeypatch.setattr("sentitui.cli.serve.find_spec", lambda name: None)
    assert main(["serve"]) == 1
    assert install_command("serve") in capsys.readouterr().err
