"""The layers are contracts, and they hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_import_contracts_hold() -> None:
    """Every contract in pyproject.toml is kept by the code as it stands."""
    tool = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_contract_says_why() -> None:
    """A contract without a reason is a rule nobody can judge; each has a comment under its heading."""
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    heads = [number for number, line in enumerate(lines) if line == "[[tool.importlinter.contracts]]"]
    assert heads
    assert all(lines[number + 1].startswith("# ") for number in heads)


def test_the_top_level_holds_only_what_was_agreed() -> None:
    """A newcomer finds six things and dot-files at the top, nothing else."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = {line.split("/")[0] for line in listed.stdout.splitlines()}
    agreed = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "sentitui", "styles", "tests", "data"}
    assert {name for name in names if not name.startswith(".")} <= agreed
