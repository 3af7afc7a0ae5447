"""What a user installs is whole: the wheel carries the code, the styles and the data, and starts anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.fakes.pty_terminal import PtyTerminal

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a fresh environment holding the wheel; dependencies are borrowed from ours.

    A path line in a .pth file does not run the .pth files found there: our editable install stays unseen.
    """
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    borrowed = home / "lib" / version / "site-packages" / "borrowed.pth"
    borrowed.write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return home / "bin"


def run(command: Path | str, *args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command of the fresh environment from another directory."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.run(
        [str(command), *args], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


def test_the_wheel_holds_code_styles_and_data_once(wheel: Path) -> None:
    """Styles and data lie inside the package, tests stay outside, and no file appears twice."""
    names = zipfile.ZipFile(wheel).namelist()
    assert len(names) == len(set(names))
    assert "sentitui/data/sentiment/train.jsonl" in names
    assert "sentitui/styles/app.tcss" in names
    assert not [name for name in names if name.startswith(("tests/", "data/", "styles/"))]
    assert not [
        name for name in names if name.startswith(("sentitui/data/", "sentitui/styles/")) and ".py" in name
    ]


def test_the_installed_command_runs_from_another_directory(installed: Path, tmp_path: Path) -> None:
    """The command of the fresh environment is the wheel's own and answers."""
    answer = run(installed / "sentitui", "--version", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    where = run(installed / "python", "-c", "import sentitui; print(sentitui.__file__)", cwd=tmp_path)
    assert Path(where.stdout).is_relative_to(installed.parent)


def test_the_installed_command_checks_its_own_bundled_data(installed: Path, tmp_path: Path) -> None:
    """The bundled dataset is found inside the wheel and is free of errors."""
    code = "from sentitui.resources import data_file; print(data_file('sentiment', 'train.jsonl'))"
    bundled = run(installed / "python", "-c", code, cwd=tmp_path).stdout.strip()
    assert Path(bundled).is_relative_to(installed.parent)
    answer = run(installed / "sentitui", "check", bundled, cwd=tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_installed_app_opens_its_bundled_dataset_from_another_directory(
    installed: Path, tmp_path: Path
) -> None:
    """Without a file the app shows the bundled conversations, styled, and `q` leaves it with status 0."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    env |= {"SENTITUI_HOME": str(tmp_path / "home"), "TERM": "xterm-256color"}
    command = ["/bin/sh", "-c", f"cd {tmp_path} && exec {installed / 'sentitui'}"]
    with PtyTerminal(command, env, 80, 24) as terminal:
        terminal.expect("60 examples")
        terminal.expect("? Help")
        terminal.press("q")
        assert terminal.wait() == 0
