"""The log of `--debug`: it tells what was asked of whom, and holds no key."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentitui.cli.main import main
from sentitui.debug_log import redacted, start
from tests.fakes.openai_server import OpenAIServer

KEY = "hunter2-hunter2"


@pytest.fixture(autouse=True)
def quiet_afterwards() -> Iterator[None]:
    """What a test adds to the root logger goes with it."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


async def test_it_tells_the_requests_and_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--debug` names the file; in it stand the requests of the SDK, not the key they carried."""
    monkeypatch.setenv("SENTITUI_HOME", str(tmp_path))
    monkeypatch.setenv("LAB_KEY", KEY)
    async with OpenAIServer(KEY) as server:
        words = ["--debug", "doctor", "--base-url", server.base_url, "--api-key-env", "LAB_KEY"]
        assert await asyncio.to_thread(main, words) == 0
    log = tmp_path / "logs" / "debug.log"
    assert str(log) in capsys.readouterr().err
    said = log.read_text("utf-8")
    assert "/models" in said
    assert "sentitui" in said
    assert KEY not in said
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_traceback_is_redacted_too(tmp_path: Path) -> None:
    """Exceptions quote what they were given; the log does not."""
    path = start(tmp_path, "check", {"SOME_TOKEN": KEY})
    try:
        raise ValueError(f"refused: {KEY}")
    except ValueError:
        logging.getLogger("anything").exception("failed with %s", KEY)
    said = path.read_text("utf-8")
    assert "ValueError: refused: …" in said
    assert KEY not in said


def test_a_place_that_cannot_be_written_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a log there is no run that believes to have one."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("SENTITUI_HOME", str(tmp_path / "file"))
    assert main(["--debug", "doctor"]) == 1
    assert "Cannot write the log" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "key sk-local-abcdefghijklmnop here",
        "Authorization: Bearer abc.def-ghi",
        "{'Authorization': 'Bearer abc.def-ghi'}",
        "https://user:password@proxy.example/x",
    ],
)
def test_what_looks_like_a_key_goes(text: str) -> None:
    """Keys that no variable held: by their form, after Bearer, inside an address."""
    said = redacted(text, [])
    assert "…" in said
    assert not any(part in said for part in ("abcdef", "abc.def", "password"))


@given(before=st.text(), secret=st.text(min_size=6), after=st.text())
def test_no_secret_survives(before: str, secret: str, after: str) -> None:
    """Wherever it stands, a secret is not in the redacted text, unless it is made of the ellipsis itself."""
    assert secret not in redacted(before + secret + after, [secret]) or "…" in secret
