"""The list of commands is the truth about the modules that run them."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys

import pytest

from sentitui.cli.main import COMMANDS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_is_a_module_that_parses_and_runs(name: str) -> None:
    """Each listed command has a module with `add_arguments` and `run`, and its options parse."""
    module = importlib.import_module(f"sentitui.cli.{name}")
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    assert callable(module.run)
    assert parser.format_help()


def test_the_overview_names_every_command() -> None:
    """`sentitui --help` lists each command with one line."""
    run = subprocess.run(
        [sys.executable, "-m", "sentitui", "--help"], capture_output=True, text=True, check=True
    )
    for name, text in COMMANDS.items():
        assert any(name in line and text in line for line in run.stdout.splitlines())


def test_an_unknown_option_is_wrong_usage() -> None:
    """A mistyped option ends with status 2 and says which one."""
    run = subprocess.run(
        [sys.executable, "-m", "sentitui", "check", "--nope"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "--nope" in run.stderr
