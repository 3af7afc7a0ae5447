"""Completion, asked of the real shells: what each offers is what the parsers take."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sentitui.cli.command_tree import parser_of
from sentitui.cli.main import COMMANDS, main

Script = Callable[[str], Path]


@pytest.fixture
def script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Script:
    """Writes a shell's completion script to a file beside two files to complete."""
    for name in ("train.jsonl", "with space.jsonl"):
        (tmp_path / name).touch()

    def write(shell: str) -> Path:
        assert main(["completion", shell]) == 0
        path = tmp_path / f"complete.{shell}"
        path.write_text(capsys.readouterr().out, "utf-8")
        return path

    return write


def with_shell(name: str) -> pytest.MarkDecorator:
    """Skips where that shell is not installed."""
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"no {name} on this machine")


def bash(script: Path, line: str) -> list[str]:
    """What bash offers at the end of a command line."""
    words = line.split(" ")
    quoted = " ".join(f"'{word}'" for word in words)
    code = f"source {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _sentitui; "
    code += 'printf "%s\\n" "${COMPREPLY[@]}"'
    run = subprocess.run(
        ["bash", "--norc", "-u", "-c", code], cwd=script.parent, capture_output=True, text=True, check=True
    )
    assert run.stderr == ""
    return [word for word in run.stdout.split("\n") if word]


def fish(script: Path, line: str) -> list[str]:
    """What fish offers at the end of a command line."""
    code = f"source {script}; complete -C '{line}'"
    run = subprocess.run(
        ["fish", "--no-config", "-c", code], cwd=script.parent, capture_output=True, text=True, check=True
    )
    assert run.stderr == ""
    return [word.split("\t")[0] for word in run.stdout.splitlines()]


@with_shell("bash")
def test_bash_offers_every_command_and_its_options(script: Script) -> None:
    """After `sentitui` come the commands; after a command and a dash, the options of its real parser."""
    path = script("bash")
    assert set(COMMANDS) <= set(bash(path, "sentitui "))
    for name in COMMANDS:
        flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", parser_of(name).format_help()))
        assert set(bash(path, f"sentitui {name} --")) >= flags - {"--no"}


@with_shell("bash")
def test_bash_completes_values_actions_and_files(script: Script) -> None:
    """Choices after an option, actions below an action, file names with spaces, nothing after a number."""
    path = script("bash")
    assert bash(path, "sentitui completion z") == ["zsh"]
    assert {"add", "remove"} <= set(bash(path, "sentitui engine models "))
    assert set(bash(path, "sentitui check ")) >= {"train.jsonl", "with space.jsonl"}
    assert bash(path, "sentitui run train.jsonl --test with") == ["with space.jsonl"]
    assert bash(path, "sentitui run train.jsonl --seed ") == []


@with_shell("fish")
def test_fish_offers_commands_options_and_files(script: Script) -> None:
    """The same in fish."""
    path = script("fish")
    assert set(COMMANDS) <= set(fish(path, "sentitui "))
    assert {"--epochs", "--test"} <= set(fish(path, "sentitui run --"))
    assert set(fish(path, "sentitui engine models ")) == {"add", "remove"}
    assert "train.jsonl" in fish(path, "sentitui check tr")
    assert fish(path, "sentitui completion ba") == ["bash"]


@with_shell("zsh")
def test_zsh_takes_the_script_and_finds_the_command(script: Script) -> None:
    """zsh loads the script without a complaint, and what it would describe is what the parsers have."""
    code = f"""
autoload -Uz compinit && compinit -u -d {script("zsh").parent}/dump
source {script("zsh")}
_describe() {{ shift; [[ $1 == option ]] && shift; print -l -- ${{(P)1}} }}
_files() {{ print files }}
compadd() {{ print -l -- "$@" }}
ask() {{ words=("$@"); CURRENT=$#words; PREFIX=$words[-1]; _sentitui; print '==' }}
ask sentitui ''; ask sentitui run --; ask sentitui engine models ''; ask sentitui completion ''
ask sentitui run a --seed ''; ask sentitui check ''
"""
    run = subprocess.run(["zsh", "-f", "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr == ""
    answers = [part.split("\n") for part in run.stdout.split("==\n")]
    heads = [{line.split(":")[0] for line in part if line} for part in answers]
    assert set(COMMANDS) <= heads[0]
    assert {"--epochs", "--test"} <= heads[1]
    assert heads[2] == {"add", "remove"}
    assert heads[3] == {"bash", "zsh", "fish"}
    assert heads[4] == set()
    assert heads[5] == {"files"}
