"""What loading a part of the package may pull in."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sentitui.cli.main import COMMANDS

HEAVY = ("textual", "openai", "torch", "transformers", "numpy", "pydantic")


def loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after running `code`."""
    script = f"{code}\nimport sys\nprint('LOADED', *sorted({{name.split('.')[0] for name in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.rsplit("LOADED", 1)[1].split())


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_asking_for_version_or_help_loads_nothing_heavy(option: str) -> None:
    """`--version` and `--help` answer at once: neither textual nor openai nor torch is imported."""
    assert not loaded_after(f"from sentitui.cli.main import main; main(['{option}'])") & set(HEAVY)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_help_of_a_command_loads_nothing_heavy(command: str) -> None:
    """A command's module parses its options without importing what it needs to run."""
    code = f"from sentitui.cli.main import main\ntry: main(['{command}', '--help'])\nexcept SystemExit: pass"
    assert not loaded_after(code) & set(HEAVY)


def test_the_dataset_core_is_pure() -> None:
    """Importing the dataset core loads neither textual nor openai nor a network client."""
    assert not loaded_after("import sentitui.dataset.training_file, sentitui.dataset.check") & {
        "textual",
        "openai",
        "torch",
        "httpx2",
        "numpy",
    }


def test_the_package_itself_imports_nothing() -> None:
    """`import sentitui` gives a version and loads no module of ours."""
    code = "import sentitui, sys; print('MODULES', *[m for m in sys.modules if m.startswith('sentitui')])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["MODULES", "sentitui"]
