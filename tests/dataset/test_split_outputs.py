"""New files of a command: all of them whole, or none; nothing that was there is touched."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sentitui.dataset.outputs import new_files
from sentitui.errors import DatasetError
from sentitui.resources import data_file


def test_files_appear_together_at_the_end(tmp_path: Path) -> None:
    """While the block runs neither name exists; afterwards both hold all that was written."""
    one, other = tmp_path / "one", tmp_path / "other"
    with new_files([one, other]) as (first, second):
        first.write(b"1")
        second.write(b"2" * 100_000)
        assert not one.exists()
        assert not other.exists()
    assert (one.read_bytes(), other.stat().st_size) == (b"1", 100_000)
    assert sorted(os.listdir(tmp_path)) == ["one", "other"]


def test_nothing_stays_when_the_block_fails(tmp_path: Path) -> None:
    """An exception inside leaves an empty folder, and an overwritten file as it was."""
    old = tmp_path / "old"
    old.write_text("before")
    with pytest.raises(ZeroDivisionError), new_files([tmp_path / "new", old], overwrite=True):
        raise ZeroDivisionError
    assert os.listdir(tmp_path) == ["old"]
    assert old.read_text() == "before"


def test_a_file_that_came_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    """A name that another program takes meanwhile stays its; files put in place before are taken back."""
    one, other = tmp_path / "one", tmp_path / "other"
    with pytest.raises(DatasetError, match="exists already"), new_files([one, other]):
        other.write_text("theirs")
    assert os.listdir(tmp_path) == ["other"]
    assert other.read_text() == "theirs"


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    """A new file has the mode that the user's umask gives."""
    (tmp_path / "plain").write_bytes(b"")
    with new_files([tmp_path / "new"]):
        pass
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_link_is_followed_when_overwriting(tmp_path: Path) -> None:
    """Overwriting through a symbolic link replaces what it points to and keeps the link."""
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    link.symlink_to(real)
    with new_files([link], overwrite=True) as (file,):
        file.write(b"new")
    assert link.is_symlink()
    assert real.read_text() == "new"


@pytest.mark.parametrize("name", ["missing/out", "folder"])
def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path, name: str) -> None:
    """A folder that does not exist, or a folder in the file's place, is named."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(DatasetError, match=name), new_files([tmp_path / name], overwrite=True):
        pass


def _smallest_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))


@pytest.mark.parametrize(
    "words", [["split", "IN"], ["merge", "IN", "--out", "out.jsonl"], ["convert", "IN", "out.csv"]]
)
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, words: list[str]) -> None:
    """When the system takes no more bytes a command ends with one message, status 1 and no file."""
    source = tmp_path / "in.jsonl"
    source.write_bytes(data_file("tickets", "train.jsonl").read_bytes())
    command = [sys.executable, "-m", "sentitui", *(str(source) if word == "IN" else word for word in words)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
        preexec_fn=_smallest_files,
    )
    assert done.returncode == 1
    assert "Cannot write" in done.stderr
    assert "Traceback" not in done.stderr
    assert os.listdir(tmp_path) == ["in.jsonl"]
