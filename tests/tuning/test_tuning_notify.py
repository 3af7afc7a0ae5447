"""Being told that a job has ended."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sentitui.config import Settings
from sentitui.errors import ConfigError
from sentitui.providers.provider import Provider
from sentitui.tuning.jobs import Job
from sentitui.tuning.notify import Hooks, call_hooks, hooks, terminal_notice
from tests.fakes.openai_server import OpenAIServer, job, problem

ENDED = Job.from_api(job("ftjob-1", "succeeded", fine_tuned_model="ft:x;\x1b]0;evil\x07"), Provider("p"))


def test_the_terminal_is_told_without_letting_it_obey() -> None:
    """Bell and two kinds of notice; the job's own text can neither end them nor start another."""
    told = terminal_notice(ENDED)
    assert told.startswith("\x07\x1b]9;")
    assert told.count("\x1b") == 4
    assert told.count("\x07") == 1
    assert told.count(";") == 1 + 3


async def test_a_command_gets_the_facts_in_its_environment(tmp_path: Path) -> None:
    """No shell and no arguments from outside: job, status and model stand in variables."""
    out = tmp_path / "out"
    script = (
        "import os, pathlib, sys\n"
        "pathlib.Path(sys.argv[1]).write_text(os.environ['SENTITUI_JOB'] + os.environ['SENTITUI_STATUS'])"
    )
    assert await call_hooks(Hooks((sys.executable, "-c", script, str(out))), ENDED) == []
    assert out.read_text("utf-8") == "ftjob-1succeeded"


async def test_an_address_gets_the_job() -> None:
    """The web hook is posted the event and the job's object."""
    async with OpenAIServer() as server:
        server.fault = lambda call, reply: type(reply)()
        assert await call_hooks(Hooks(url=f"{server.base_url}/hook"), ENDED) == []
        assert server.calls[0].json["event"] == "fine_tuning.job.succeeded"
        assert server.calls[0].json["data"]["id"] == "ftjob-1"


async def test_hooks_that_fail_are_said_and_hurt_nothing() -> None:
    """A missing command, a bad status, a refusal and a silent host each become one line."""
    async with OpenAIServer() as server:
        server.fault = lambda call, reply: problem(500, "no")
        url = f"{server.base_url}/hook"
        assert "500" in (await call_hooks(Hooks(url=url), ENDED))[0]
    assert "failed" in (await call_hooks(Hooks(url=url), ENDED))[0]
    assert "nowhere" in (await call_hooks(Hooks(("/nowhere/at/all",)), ENDED))[0]
    assert "status 3" in (await call_hooks(Hooks((sys.executable, "-c", "raise SystemExit(3)")), ENDED))[0]


@pytest.mark.parametrize(
    "table", ["x", {"command": "rm -rf"}, {"command": [1]}, {"url": "file:///etc"}, {"url": 3}]
)
def test_wrong_hooks_are_refused(table: object) -> None:
    """A command is a list of words, an address is http(s)."""
    with pytest.raises(ConfigError, match=r"\[app\.notify\]"):
        hooks(Settings(app={"notify": table}))


def test_without_settings_nothing_is_called() -> None:
    """No table, no hooks."""
    assert hooks(Settings()) == Hooks()
