"""Clients, the engine's process and its moving address."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from sentitui.config import Paths
from sentitui.errors import EngineUnavailable, ProviderRefused
from sentitui.providers import local_engine
from sentitui.providers.client import Connections, api_key, connect
from sentitui.providers.local_engine import ensure_engine, find_engine
from sentitui.providers.provider import KNOWN, Provider
from sentitui.resources import install_command
from tests.fakes.openai_server import OpenAIServer


def paths(home: Path) -> Paths:
    """Everything under one folder."""
    return Paths(home / "config.toml", home, home / "cache")


def discovery(home: Path, server: OpenAIServer, key: str = "k") -> None:
    """Says that the engine of that home is this server."""
    home.mkdir(parents=True, exist_ok=True)
    found = {"base_url": server.base_url, "api_key": key, "pid": 1, "home": str(home)}
    (home / "engine.json").write_text(json.dumps(found), "utf-8")


async def test_no_proxy_stands_before_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A proxy in the environment is not asked for a loopback address."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    async with OpenAIServer() as server:
        client = await connect(Provider("x", base_url=server.base_url), paths(tmp_path), environ={})
        async with client:
            assert (await client.models.retrieve("base")).id == "base"


def test_a_missing_key_names_its_variable() -> None:
    """A remote provider needs a key; a server on this machine may do without."""
    with pytest.raises(ProviderRefused, match="ACME_KEY"):
        api_key(Provider("acme", base_url="https://acme.example/v1", api_key_env="ACME_KEY"), {})
    assert api_key(Provider("acme", base_url="http://127.0.0.1:1/v1"), {}) != ""


async def test_a_running_engine_is_found_and_not_started_again(tmp_path: Path) -> None:
    """Its discovery file and its health say that it runs."""
    async with OpenAIServer() as server:
        place = paths(tmp_path).engine_home
        discovery(place, server)
        server.fault = lambda call, reply: reply if call.path != "/health" else type(reply)()
        address = await ensure_engine(place, command=("/nonexistent",))
        assert address.base_url == server.base_url
        assert await find_engine(place) == address
    assert await find_engine(place) is None


async def test_a_restarted_engine_is_found_again_by_the_same_client(tmp_path: Path) -> None:
    """A client made before a restart reaches the engine at its new port, with its new key."""
    home = paths(tmp_path)
    connections = Connections(home)
    engine = KNOWN[0]
    async with OpenAIServer(key="one") as first:
        discovery(home.engine_home, first, "one")
        first.fault = lambda call, reply: reply if call.path != "/health" else type(reply)()
        client = await connections.client(engine)
        assert (await client.models.retrieve("base")).id == "base"
    async with OpenAIServer(key="two") as second:
        discovery(home.engine_home, second, "two")
        assert (await client.models.retrieve("base")).id == "base"
        assert await connections.client(engine) is client
    await connections.close()


async def test_those_who_ask_at_once_share_one_client(tmp_path: Path) -> None:
    """Twenty requests for the same provider at the same time make one client."""
    connections = Connections(paths(tmp_path))
    provider = Provider("p", base_url="http://127.0.0.1:1/v1")
    clients = await asyncio.gather(*(connections.client(provider) for _ in range(20)))
    assert len(set(map(id, clients))) == 1
    await connections.close()


def script(tmp_path: Path, text: str) -> tuple[str, str]:
    """A stand-in for the engine's program."""
    file = tmp_path / "engine.py"
    file.write_text(text, "utf-8")
    return sys.executable, str(file)


async def test_a_started_engine_says_where_it_is(tmp_path: Path) -> None:
    """The first line on its output is its address; it is told to be quiet, on loopback, at any free port."""
    said = "{'base_url': 'http://127.0.0.1:1/v1', 'api_key': ' '.join(sys.argv[1:]), 'pid': 7, 'home': 'x'}"
    command = script(tmp_path, f"import json, sys; print(json.dumps({said}))")
    address = await ensure_engine(tmp_path / "home", command=command)
    assert address.pid == 7
    assert address.api_key == f"--host 127.0.0.1 --port 0 --home {tmp_path / 'home'} --json"


async def test_an_engine_that_does_not_come_up_says_why(tmp_path: Path) -> None:
    """Its last words are in the message, its log is named."""
    command = script(tmp_path, "import sys; sys.exit('no space left for the database')")
    with pytest.raises(EngineUnavailable, match="no space left") as caught:
        await ensure_engine(tmp_path / "home", command=command)
    assert "start.log" in caught.value.hint


async def test_without_the_extra_the_command_to_install_it_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing libraries are looked up, not imported, and the message says how to get them."""
    monkeypatch.setattr(local_engine, "_NEEDED", ("starlette", "surely_not_installed"))
    with pytest.raises(EngineUnavailable, match="surely_not_installed") as caught:
        await ensure_engine(tmp_path / "home")
    assert install_command("engine") in caught.value.hint


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
async def test_a_full_disk_is_told_before_the_engine_is_started(tmp_path: Path) -> None:
    """An engine that cannot write down why it does not start would say nothing."""
    (tmp_path / "start.log").symlink_to("/dev/full")
    with pytest.raises(EngineUnavailable, match="No space left on device") as caught:
        await ensure_engine(tmp_path, command=script(tmp_path, "raise SystemExit(1)"))
    assert "SENTITUI_HOME" in caught.value.hint
    assert "Free some space" in caught.value.hint
