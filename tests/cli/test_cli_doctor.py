"""`sentitui doctor`: every fact with its verdict and what to do; no key is ever shown."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from sentitui.checkup import Fact, Verdict, examine, healthy
from sentitui.checkup.fact import size
from sentitui.checkup.terminal import terminal_facts
from sentitui.checkup.versions import version_facts
from sentitui.cli.main import main
from tests.fakes.openai_server import OpenAIServer, problem

KEY = "sk-secret-0123456789"
UTF8 = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home and cache, and no provider's variables."""
    for name in ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", "NEBIUS_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SENTITUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SENTITUI_CACHE", str(tmp_path / "cache"))
    return tmp_path / "home"


def made(home: Path) -> None:
    """Makes the home's folder."""
    home.mkdir()


async def doctor(*words: str) -> int:
    """Runs the command beside a server's loop."""
    return await asyncio.to_thread(main, ["doctor", *words])


async def facts(**given: Any) -> dict[str, Fact]:
    """The facts by topic and name."""
    return {f"{fact.topic}/{fact.name}": fact for fact in await examine(**given)}


def test_a_fresh_machine_is_well_and_nothing_is_made(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without state, weights or keys nothing needed is broken, and looking creates no folder."""
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    for part in ("terminal", "versions", "places", "engine", "providers", "OPENAI_API_KEY is not set"):
        assert part in said
    assert not home.exists()


def test_json_holds_every_fact(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` is one object: whether all is well, and each fact with verdict and advice."""
    assert main(["doctor", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["healthy"] is True
    assert {"topic", "name", "value", "verdict", "advice"} == set(body["facts"][0])
    assert {fact["verdict"] for fact in body["facts"]} <= {"ok", "note", "warn", "fail"}


async def test_a_provider_that_answers_is_well_and_its_key_is_not_shown(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key goes to its provider alone; what is printed names the variable."""
    monkeypatch.setenv("LAB_KEY", KEY)
    async with OpenAIServer(KEY) as server:
        assert await doctor("--base-url", server.base_url, "--api-key-env", "LAB_KEY") == 0
        assert [call.path for call in server.calls] == ["/v1/models"]
    said = capsys.readouterr().out
    assert "answers, 1 model, key from LAB_KEY" in said
    assert KEY not in said


async def test_a_refused_key_fails_and_is_not_shown(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that quotes the key in its refusal does not get it onto the screen."""
    monkeypatch.setenv("LAB_KEY", KEY)
    async with OpenAIServer() as server:
        server.fault = lambda call, reply: problem(401, f"Incorrect API key provided: {KEY}")
        assert await doctor("--json", "--base-url", server.base_url, "--api-key-env", "LAB_KEY") == 1
    said = capsys.readouterr().out
    assert "Incorrect API key provided" in said
    assert KEY not in said


async def test_a_provider_that_nobody_chose_only_warns(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what the chosen provider needs makes the check-up fail."""
    async with OpenAIServer() as server:
        server.fault = lambda call, reply: problem(500, "down")
        made(home)
        (home / "config.toml").write_text(f'[providers.lab]\nbase_url = "{server.base_url}"\n', "utf-8")
        found = await facts()
        assert found["providers/lab"].verdict is Verdict.WARNING
        assert healthy(found.values())
        chosen = await facts(name="lab")
        assert chosen["providers/lab"].verdict is Verdict.FAILED
        assert [name for name in chosen if name.startswith("providers/")] == ["providers/lab"]


async def test_a_missing_key_of_the_chosen_provider_fails(home: Path) -> None:
    """Whoever asks for OpenAI needs its key, and is told which variable to set."""
    fact = (await facts(name="openai"))["providers/openai"]
    assert fact.verdict is Verdict.FAILED
    assert fact.advice == "export OPENAI_API_KEY=..."


def test_an_unknown_provider_is_one_message(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that nobody knows ends with the names that are known."""
    assert main(["doctor", "--provider", "nobody"]) == 1
    assert "Known: engine" in capsys.readouterr().err


async def test_broken_settings_are_a_fact_among_the_others(home: Path) -> None:
    """A settings file that is no TOML fails, and the rest is still looked at."""
    made(home)
    (home / "config.toml").write_text("providers = [", "utf-8")
    found = await examine()
    assert not healthy(found)
    assert any(fact.name == "settings" and fact.verdict is Verdict.FAILED for fact in found)
    assert any(fact.topic == "engine" for fact in found)


async def test_a_place_that_cannot_be_made_fails(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file where a folder has to be is said with the variable that moves the place."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("SENTITUI_HOME", str(tmp_path / "file" / "home"))
    fact = (await facts())["places/state"]
    assert fact.verdict is Verdict.FAILED
    assert "SENTITUI_HOME" in fact.advice


async def test_a_damaged_history_fails(home: Path) -> None:
    """Bytes that are no database are found before a command trips over them."""
    made(home)
    (home / "history.sqlite").write_bytes(b"not a database" * 100)
    assert (await facts())["places/history"].verdict is Verdict.FAILED


async def test_history_weights_and_disk_are_counted(home: Path, tmp_path: Path) -> None:
    """Jobs in the history, whole weights in the cache, and the bytes of the engine's home."""
    (home / "engine").mkdir(parents=True)
    (home / "engine" / "file").write_bytes(bytes(5000))
    database = sqlite3.connect(home / "history.sqlite")
    database.execute("CREATE TABLE jobs (id)")
    database.execute("INSERT INTO jobs VALUES (1)")
    database.commit()
    database.close()
    weights = tmp_path / "cache" / "models" / "tiny-1"
    weights.mkdir(parents=True)
    (weights / "sentitui.json").write_text('{"model": "tiny", "bytes": 12000000}', "utf-8")
    found = await facts()
    assert found["places/history"].value.startswith("1 job, ")
    assert found["places/weights"].value == "tiny (12.0 MB)"
    assert found["engine/files, jobs, models"].value.startswith("5 kB in ")


async def test_an_engine_that_does_not_answer_is_told_from_one_that_is_gone(home: Path) -> None:
    """A living process behind a dead address fails; the file of one that is gone means: not running."""
    (home / "engine").mkdir(parents=True)
    address = {"base_url": "http://127.0.0.1:9/v1", "api_key": KEY, "pid": os.getpid(), "home": str(home)}
    discovery = home / "engine" / "engine.json"
    discovery.write_text(json.dumps(address), "utf-8")
    fact = (await facts())["engine/process"]
    assert fact.verdict is Verdict.FAILED
    assert fact.advice == "sentitui engine stop"
    discovery.write_text(json.dumps(address | {"pid": 2**22 + 1}), "utf-8")
    assert (await facts())["engine/process"].verdict is Verdict.OK


@pytest.mark.parametrize(
    ("env", "name", "value", "verdict"),
    [
        (UTF8, "colours", "16 million", Verdict.OK),
        ({"TERM": "xterm-256color"}, "colours", "256", Verdict.NOTE),
        (UTF8 | {"NO_COLOR": "1"}, "colours", "off: NO_COLOR is set", Verdict.NOTE),
        ({"TERM": "dumb"}, "kind", "dumb", Verdict.WARNING),
        ({"TERM": "x\x1b[2J"}, "kind", "x␛[2J", Verdict.OK),
        (UTF8 | {"SSH_CONNECTION": "1.2.3.4 5"}, "line", "SSH", Verdict.NOTE),
        (UTF8 | {"STY": "1"}, "multiplexer", "screen", Verdict.NOTE),
        (UTF8 | {"TERM_PROGRAM": "Apple_Terminal"}, "clipboard", "not with this terminal", Verdict.NOTE),
    ],
)
def test_the_terminal_is_read_from_its_environment(
    env: dict[str, str], name: str, value: str, verdict: Verdict
) -> None:
    """Colours, kind, line, multiplexer and clipboard; what the environment says is shown safely."""
    fact = next(fact for fact in terminal_facts(env, (80, 24)) if fact.name == name)
    assert (fact.value, fact.verdict) == (value, verdict)


@pytest.mark.parametrize(
    ("given", "verdict"), [((80, 24), Verdict.OK), ((79, 24), Verdict.WARNING), ((30, 8), Verdict.WARNING)]
)
def test_a_small_terminal_is_said(given: tuple[int, int], verdict: Verdict) -> None:
    """80 x 24 is what the app is designed for."""
    assert next(fact for fact in terminal_facts(UTF8, given) if fact.name == "size").verdict is verdict


def test_a_missing_engine_fails_only_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the engine's users are told the pip command; users of other providers get a note."""
    monkeypatch.setattr("sentitui.checkup.versions.missing_libraries", lambda: ["torch"])
    for needed, verdict in ((True, Verdict.FAILED), (False, Verdict.NOTE)):
        found = {fact.name: fact for fact in version_facts(engine_needed=needed)}
        assert found["engine"].verdict is verdict
        assert "pip install" in found["engine"].advice


def test_sizes_are_read_as_people_write_them() -> None:
    """Powers of a thousand, one decimal from megabytes on."""
    assert [size(count) for count in (0, 999, 1000, 12_345_678, 10**12)] == [
        "0 B", "999 B", "1 kB", "12.3 MB", "1.0 TB",
    ]  # fmt: skip
