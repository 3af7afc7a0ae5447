"""Starting: one engine per home, found by others, and one clear message for what stops it."""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sentitui.engine import command
from sentitui.engine.http.listen import listen
from sentitui.engine.settings import add_arguments, from_arguments
from sentitui.errors import EngineError, EngineUnavailable
from sentitui.resources import install_command
from tests.engine.engine_client import ROOT, Engine


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """Runs a start that ends by itself."""
    words = [sys.executable, "-m", "tests.fakes.engine_server", *options]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_second_start_finds_the_running_one(start_engine: Callable[..., Engine]) -> None:
    """It prints the same line and ends with 0."""
    engine = start_engine()
    done = run("--home", str(engine.home), "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["pid"] == engine.process.pid
    assert done.stdout == (engine.home / "engine.json").read_text() + "\n"


def test_the_discovery_file_says_what_the_line_says(start_engine: Callable[..., Engine]) -> None:
    """Base URL ends in /v1; the key is the one in the key file, kept over restarts."""
    engine = start_engine()
    found = json.loads((engine.home / "engine.json").read_text())
    assert found == {
        "base_url": engine.base_url,
        "api_key": engine.api_key,
        "pid": engine.process.pid,
        "home": str(engine.home),
    }
    assert engine.base_url.endswith("/v1")
    assert (engine.home / "api_key").read_text() == engine.api_key
    engine.kill()
    assert start_engine().api_key == engine.api_key


def test_a_port_in_use_is_one_clear_message(tmp_path: Path) -> None:
    """It names the port and what to do; nothing is left running."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("--home", str(tmp_path / "home"), "--port", port)
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 is in use." in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["256.1.1.1", "no.such.host.invalid", "203.0.113.1"])
def test_an_address_that_is_not_here_is_one_clear_message(tmp_path: Path, host: str) -> None:
    """Cannot listen there."""
    done = run("--home", str(tmp_path / "home"), "--host", host)
    assert done.returncode == 1
    assert f"Cannot listen on {host}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_cannot_be_used_is_one_clear_message(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "home").write_text("not a folder")
    done = run("--home", str(tmp_path / "home"))
    assert done.returncode == 1
    assert "cannot use its home" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_database_is_one_clear_message(tmp_path: Path) -> None:
    """It is named, and not touched."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "engine.sqlite").write_bytes(b"this is no database" * 100)
    done = run("--home", str(home))
    assert done.returncode == 1
    assert "cannot open its database" in done.stderr
    assert (home / "engine.sqlite").read_bytes() == b"this is no database" * 100


def test_a_full_disk_at_the_start_is_one_clear_message(tmp_path: Path) -> None:
    """No space: nothing starts, nothing half-made is served."""
    code = (
        "import resource, runpy, sys;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        f"sys.argv = ['x', '--home', {str(tmp_path / 'home')!r}, '--json'];"
        "runpy.run_module('tests.fakes.engine_server', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "cannot use its home" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """EngineUnavailable with the pip command, before anything heavy is imported."""
    monkeypatch.setattr(command, "_NEEDED", ("json", "not_installed_at_all"))
    with pytest.raises(EngineUnavailable, match="not_installed_at_all") as caught:
        command.check_extra()
    assert caught.value.hint == f"Install it with: {install_command('engine')}"


@pytest.mark.parametrize(
    ("words", "message"), [(["--port", "70000"], "no port 70000"), (["--api-key", "a b"], "ASCII")]
)
def test_senseless_options_are_refused(words: list[str], message: str) -> None:
    """With a message that names them."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(EngineError, match=message):
        from_arguments(parser.parse_args(words))


def test_answers_leave_without_delay() -> None:
    """asyncio switches the delay of small packets off only for sockets that name TCP as their protocol."""
    with listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_help_and_parsing_load_nothing_heavy() -> None:
    """`sentitui engine --help` imports neither torch nor the server."""
    code = (
        "import sys; from sentitui.cli.main import main\n"
        "try: main(['engine', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'starlette', 'uvicorn', 'textual', 'openai'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "--home" in done.stdout


def test_waiting_files_are_judged_by_the_trainers_rules(tmp_path: Path) -> None:
    """The real check says what the real trainer would say, without loading torch."""
    lines = (ROOT / "data" / "sentiment" / "train.jsonl").read_bytes().splitlines(keepends=True)
    command = [sys.executable, "-m", "sentitui.engine.worker.check_files", str(tmp_path), "supervised"]

    def finding(content: bytes) -> dict[str, str]:
        (tmp_path / "training.jsonl").write_bytes(content)
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found: dict[str, str] = json.loads(done.stdout)
        return found

    assert finding(b"".join(lines)) == {}
    few = finding(b"".join(lines[:7]))
    assert few["code"] == "invalid_n_examples"
    assert few["message"] == "Training file has 7 example(s), but must have at least 10 examples"
    broken = finding(b"".join(lines) + b"{\n")
    assert (broken["code"], broken["param"]) == ("invalid_training_file", "training_file")


def test_the_process_ends_without_taking_itself_apart() -> None:
    """What was said arrives, the status counts, and nothing that exit would run is waited for."""
    code = (
        "import atexit; from sentitui.engine.command import end\n"
        "atexit.register(print, 'taken apart'); print('said', end=''); end(3)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "said", "")
