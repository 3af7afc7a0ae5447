"""What goes wrong inside: one envelope outside, the whole story in the log, no secret anywhere."""

from __future__ import annotations

import errno
import json
import logging
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sentitui.engine import logs
from sentitui.engine.http.envelope import Envelope
from sentitui.engine.http.gate import Gate
from sentitui.engine.responses.errors import ApiError, mapped
from sentitui.engine.telemetry import Telemetry
from sentitui.errors import WeightsError
from tests.engine.schemas import check


async def bug(_request: Request) -> Response:
    """Fails in a way that nobody foresaw."""
    raise ZeroDivisionError("a bug with sk-secret in it")


async def late_bug(_request: Request) -> Response:
    """Fails after the answer has begun."""

    async def body() -> AsyncIterator[bytes]:
        yield b"begun"
        raise ZeroDivisionError("late")

    return StreamingResponse(body())


@pytest.fixture
def client() -> httpx2.AsyncClient:
    """A client of an application with bugs in it."""
    routes = [Route("/bug", bug), Route("/late", late_bug)]
    app = Starlette(routes=routes, middleware=[Middleware(Envelope, telemetry=Telemetry())])
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://engine")


async def test_a_bug_is_500_in_the_envelope_and_a_traceback_in_the_log(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The client learns the request id and nothing else; the log has both."""
    answer = await client.get("/bug")
    assert answer.status_code == 500
    check("ErrorResponse", answer.json())
    assert "ZeroDivisionError" not in answer.text
    entry = next(entry for entry in caplog.records if entry.levelno == logging.ERROR)
    assert answer.headers["x-request-id"] in entry.getMessage()
    assert entry.exc_info is not None


async def test_an_answer_that_fails_midway_is_broken_off(client: httpx2.AsyncClient) -> None:
    """Nobody may take half an answer for a whole one."""
    with pytest.raises(ZeroDivisionError):
        await client.get("/late")


def test_the_log_is_json_lines_without_the_key(tmp_path: Path) -> None:
    """The key is replaced in messages, arguments and tracebacks."""
    formatter = logs.JsonFormatter("sk-secret")
    try:
        raise ValueError("sk-secret in a traceback")
    except ValueError:
        entry = logging.LogRecord("x", logging.ERROR, "f", 1, "key %s", ("sk-secret",), sys.exc_info())
    line = formatter.format(entry)
    assert "sk-secret" not in line
    found = json.loads(line)
    assert found["message"] == "key [key]"
    assert "ValueError: [key] in a traceback" in found["traceback"]


def test_the_log_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old files are kept up to a number, so that the disk never fills with them."""
    monkeypatch.setattr(logs, "_BYTES", 2_000)
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.configure(tmp_path / "engine.log", "sk-secret")
    for number in range(200):
        logging.getLogger("test").info("entry %d %s", number, "x" * 50)
    for handler in root.handlers[:]:
        if handler not in before:
            handler.close()
            root.removeHandler(handler)
    root.setLevel(level)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["engine.log", "engine.log.1", "engine.log.2", "engine.log.3"]


def full_database() -> sqlite3.OperationalError:
    """What SQLite raises on a full disk."""
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA max_page_count=2")
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.executescript("CREATE TABLE a (x); CREATE TABLE b (x); CREATE TABLE c (x);")
    connection.close()
    return caught.value


def test_known_failures_have_their_own_answers() -> None:
    """A full disk is 507, an engine's own trouble 503 with its hint, a bug none of these."""
    for error in (OSError(errno.ENOSPC, "full"), OSError(errno.EFBIG, "big"), full_database()):
        known = mapped(error)
        assert known is not None
        assert (known.status, known.code) == (507, "disk_full")
    weights = mapped(WeightsError("No weights.", "Fetch them."))
    assert weights is not None
    assert (weights.status, weights.message) == (503, "No weights. Fetch them.")
    assert mapped(OSError(errno.EACCES, "no")) is None
    assert mapped(ZeroDivisionError()) is None


def test_a_full_house_says_when_to_come_back() -> None:
    """429 with OpenAI's type and code; whoever leaves makes room, also by an error."""
    gate = Gate(1)
    with gate.passage(), pytest.raises(ApiError) as caught, gate.passage():
        pass
    assert (caught.value.status, caught.value.kind, caught.value.code) == (
        429,
        "requests",
        "rate_limit_exceeded",
    )
    assert caught.value.headers == {"retry-after": "1"}
    with pytest.raises(ZeroDivisionError), gate.passage():
        raise ZeroDivisionError
    with gate.passage():
        pass
