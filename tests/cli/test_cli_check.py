"""`sentitui check` as a person and a program run it: what it prints, where, and how it ends."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.lines import chat, line

GOOD = b"".join(line(chat(f"Question {i}?", f"Answer number {i}")) + b"\n" for i in range(10))


def check(*words: str | Path, home: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Runs the command in a process of its own, without a terminal."""
    environ = {**os.environ, "SENTITUI_HOME": str(home), "SENTITUI_CACHE": str(home / "cache")}
    command = [sys.executable, "-m", "sentitui", "check", *map(str, words)]
    return subprocess.run(command, env=environ, input=stdin, capture_output=True, timeout=120, check=False)


@pytest.fixture
def train(tmp_path: Path) -> Path:
    """A good file."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(GOOD)
    return path


def objects(output: bytes) -> list[dict[str, Any]]:
    """What JSON lines hold."""
    return [json.loads(one) for one in output.splitlines()]


def test_a_good_file_ends_with_0_and_a_summary(train: Path, tmp_path: Path) -> None:
    """Examples, tokens and cost are told on stdout, without a colour, and nothing on stderr."""
    done = check(train, "--provider", "openai", home=tmp_path)
    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert "10 examples" in text
    assert "Nothing is wrong." in text
    assert "tokens: " in text
    assert "cost of an epoch: gpt-" in text
    assert "\x1b" not in text


def test_errors_are_grouped_with_counts_and_first_lines(train: Path, tmp_path: Path) -> None:
    """One group for each rule, and exit status 1."""
    train.write_bytes(GOOD + GOOD.replace(b"user", b"User").replace(b"Question", b"Asked"))
    done = check(train, home=tmp_path)
    text = done.stdout.decode()
    assert done.returncode == 1
    assert "S007 unknown-role" in text
    assert "lines 11, 12, 13, 14, 15, …" in text
    assert "10 errors; 10 can be fixed safely: --fix" in text


def test_json_gives_one_object_for_each_diagnostic_and_nothing_else(train: Path, tmp_path: Path) -> None:
    """The keys are fixed; `line` is null for the whole file, `byte` is the offset of a syntax mistake."""
    train.write_bytes(GOOD.replace(b"user", b"User", 1) + b"{bad\n\xef\xbb\xbf{}\n")
    done = check(train, "--json", "--provider", "openai", home=tmp_path)
    found = objects(done.stdout)
    keys = ["file", "line", "code", "name", "severity", "path", "byte", "message", "fix"]
    assert (done.returncode, done.stderr) == (1, b"")
    assert all(list(one) == keys and one["file"] == str(train) for one in found)
    by_code = {one["code"]: one for one in found}
    assert (by_code["S007"]["line"], by_code["S007"]["path"]) == (1, "messages[0].role")
    assert by_code["S007"]["fix"] == {"title": "Write it as user", "safe": True}
    assert (by_code["J001"]["line"], by_code["J001"]["byte"], by_code["J001"]["name"]) == (
        11,
        1,
        "invalid-json",
    )
    assert by_code["F006"]["line"] == 12


@pytest.mark.slow
def test_every_diagnostic_is_printed_as_json(tmp_path: Path) -> None:
    """None of 100,000 broken lines is left out, and each is named."""
    path = tmp_path / "broken.jsonl"
    path.write_bytes(b"{broken\n" * 100_000)
    done = check(path, "--json", home=tmp_path)
    lines = [one["line"] for one in objects(done.stdout) if one["code"] == "J001"]
    assert lines == list(range(1, 100_001))


def test_output_carries_no_raw_control_character_of_the_data(tmp_path: Path) -> None:
    """Roles, keys, table headers, file names: whatever they hold, a terminal does not act on it."""
    evil = "\x1b]0;owned\x07\x9b31m\u202e\u200b"
    path = tmp_path / f"name{evil}.jsonl"
    bad = {"messages": [{"role": evil, "content": evil, evil: 1}], evil: {"tools": evil}}
    path.write_bytes(line(bad) + b"\n" + line(evil) + b"\n{'" + evil.encode() + b"': 1}\n")
    table = tmp_path / "table.jsonl"
    table.write_bytes(f"text,la\x1bbel{evil}\na,b\nc,d\n".encode())
    for words in ([path], [path, "--json"], [table], [path, "--fix", "--dry-run"], [tmp_path / f"no{evil}"]):
        done = check(*words, home=tmp_path)
        for output in (done.stdout, done.stderr):
            assert all(char.isprintable() or char == "\n" for char in output.decode())


def test_a_file_that_cannot_be_read_ends_with_2(train: Path, tmp_path: Path) -> None:
    """The message is on stderr, and the other files are still checked."""
    done = check(tmp_path / "nowhere.jsonl", train, home=tmp_path)
    assert done.returncode == 2
    assert b"nowhere.jsonl" in done.stderr
    assert b"Nothing is wrong." in done.stdout


def test_a_pipe_a_folder_gzip_and_utf16_are_answered_with_one_message(tmp_path: Path) -> None:
    """Each at once; what is no file ends with 2, what is the wrong kind of file with 1."""
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    packed = tmp_path / "packed.jsonl"
    packed.write_bytes(gzip.compress(GOOD))
    wide = tmp_path / "wide.jsonl"
    wide.write_bytes(GOOD.decode().encode("utf-16"))
    for path, status, name in (
        (pipe, 2, "not-regular-file"),
        (tmp_path, 2, "not-regular-file"),
        (packed, 1, "not-text"),
        (wide, 1, "wrong-encoding"),
    ):
        done = check(path, "--json", home=tmp_path)
        assert (done.returncode, [one["name"] for one in objects(done.stdout)]) == (status, [name])


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--dry-run", "x.jsonl"],
        ["--provider", "nobody", "x.jsonl"],
        ["--explain", "S999"],
        ["--format", "x", "y"],
        ["--validation", "v.jsonl", "a.jsonl", "b.jsonl"],
    ],
)
def test_wrong_usage_ends_with_2(words: list[str], tmp_path: Path) -> None:
    """One message on stderr says what to do."""
    done = check(*words, home=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr


def test_explain_tells_a_rule_in_full(tmp_path: Path) -> None:
    """What, why, a bad and a good example, the fix and the source."""
    done = check("--explain", "unknown-role", home=tmp_path)
    text = done.stdout.decode()
    assert done.returncode == 0
    assert text.startswith("S007  unknown-role")
    for word in ("what", "why", "example", "instead", "fix", "source"):
        assert f"\n{word} " in text


def test_fix_shows_the_change_and_saves_it(train: Path, tmp_path: Path) -> None:
    """A dry run shows the same and saves nothing; what is left decides the exit status."""
    bad = GOOD.replace(b"user", b"User", 1)
    train.write_bytes(bad)
    dry = check(train, "--fix", "--dry-run", home=tmp_path)
    assert (dry.returncode, train.read_bytes()) == (1, bad)
    assert b"Would fix" in dry.stdout
    done = check(train, "--fix", home=tmp_path)
    assert (done.returncode, train.read_bytes()) == (0, GOOD)
    diff = done.stdout.decode().split("\n")
    assert [text for text in diff if text.startswith("-{")] == ["-" + bad.split(b"\n")[0].decode()]
    assert [text for text in diff if text.startswith("+{")] == ["+" + GOOD.split(b"\n")[0].decode()]


def test_fix_with_json_keeps_stdout_for_the_diagnostics(train: Path, tmp_path: Path) -> None:
    """The diff goes to stderr."""
    train.write_bytes(GOOD.replace(b"user", b"User", 1) + b"{bad\n")
    done = check(train, "--fix", "--json", home=tmp_path)
    assert [one["code"] for one in objects(done.stdout)] == ["J001"]
    assert b"Fixed" in done.stderr


def test_a_provider_of_the_settings_has_the_profile_it_names(train: Path, tmp_path: Path) -> None:
    """`profile` in its table, else OpenAI's."""
    (tmp_path / "config.toml").write_text(
        '[providers.mine]\nbase_url = "http://x/v1"\nprofile = "together"\n'
    )
    train.write_bytes(GOOD.split(b"\n")[0] + b"\n")
    assert check(train, "--provider", "mine", home=tmp_path).returncode == 0
    assert check(train, "--provider", "openai", home=tmp_path).returncode == 1


def test_the_validation_file_is_checked_and_compared(train: Path, tmp_path: Path) -> None:
    """Leaking examples are told on the validation file's lines."""
    validation = tmp_path / "validation.jsonl"
    validation.write_bytes(GOOD)
    done = check(train, "--validation", validation, "--json", home=tmp_path)
    found = objects(done.stdout)
    assert {(one["file"], one["name"]) for one in found} == {(str(validation), "train-validation-leak")}
    assert [one["line"] for one in found] == list(range(1, 11))


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    """`| head` is no error."""
    path = tmp_path / "broken.jsonl"
    path.write_bytes(b"{broken\n" * 20_000)
    environ = {**os.environ, "SENTITUI_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "sentitui", "check", "--json", str(path)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
