"""The index finds any line of any file, knows more and more while it reads, and keeps nothing per line."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentitui.dataset.disk import BOM
from sentitui.dataset.edits import Delete, Insert
from sentitui.dataset.index import BLOCK, LineIndex
from sentitui.dataset.training_file import TrainingFile
from sentitui.errors import DatasetError


def nothing() -> None:
    """A watcher that does not watch."""


def indexed(path: Path, start: int = 0, watcher: Callable[[], None] = nothing) -> LineIndex:
    """The complete index of a file."""
    index = LineIndex(os.open(path, os.O_RDONLY), path.stat().st_size, start, watcher)
    index.wait()
    return index


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    parts=st.lists(
        st.tuples(
            st.sampled_from([0, 1, 2, BLOCK - 2, BLOCK - 1, BLOCK, 5 * BLOCK]),
            st.sampled_from([b"\n", b"\r\n"]),
        ),
        max_size=9,
    ),
    rest=st.sampled_from([b"", b"x", b"x\r"]),
    bom=st.booleans(),
)
def test_lines_are_found_wherever_blocks_end(
    tmp_path: Path, parts: list[tuple[int, bytes]], rest: bytes, bom: bool
) -> None:
    """Terminators at, across and around the borders of blocks."""
    lines = [b"a" * length for length, _ in parts] + ([rest] if rest else [])
    data = b"".join(b"a" * length + end for length, end in parts) + rest
    path = tmp_path / "x"
    path.write_bytes(BOM * bom + data)
    index = indexed(path, len(BOM) * bom)
    assert index.count == len(lines)
    assert [index.line(at) for at in range(len(lines))] == lines
    assert list(index.lines(0, len(lines))) == lines
    assert list(index.lines(1, len(lines) - 1)) == lines[1:-1]
    assert [index.terminator_of(at) for at in range(len(parts))] == [end for _, end in parts]
    assert index.unterminated == bool(rest)


def test_the_first_lines_are_there_before_the_rest_is_read(tmp_path: Path) -> None:
    """Opening reads a little; counts only grow, and every line that is counted can be read."""
    path = tmp_path / "x"
    path.write_bytes(b"".join(b"%d\n" % number for number in range(3_000_000)))
    file = TrainingFile.open(path)
    assert len(file) >= 40
    assert file.line(39) == b"39"
    counts = [len(file)]
    file.subscribe(lambda: counts.append(len(file)))
    while not file.complete:
        known = len(file)
        assert file.line(known - 1) == b"%d" % (known - 1)
    file.wait_complete()
    file.close()
    assert counts == sorted(counts)
    assert counts[-1] == 3_000_000


def test_edits_hold_their_place_while_lines_are_still_being_counted(tmp_path: Path) -> None:
    """An edit made on the first known lines is the same edit when all are known."""
    path = tmp_path / "x"
    path.write_bytes(b"".join(b"%d\n" % number for number in range(1_000_000)))
    file = TrainingFile.open(path)
    file.apply(Insert(10, b"new"))
    file.apply(Delete(0))
    file.wait_complete()
    assert len(file) == 1_000_000
    assert list(file.lines(8, 12)) == [b"9", b"new", b"10", b"11"]
    assert file.line(999_999) == b"999999"
    file.close()


def test_a_huge_line_is_shown_without_being_read_whole(tmp_path: Path) -> None:
    """With a limit only its beginning is read, and it is cut exactly there."""
    path = tmp_path / "x"
    with path.open("wb") as file:
        file.write(b"short\n")
        file.truncate(300_000_000)
    training = TrainingFile.open(path)
    training.wait_complete()
    assert len(training) == 2
    assert training.line(1, limit=100) == bytes(100)
    assert training.line(0, limit=100) == b"short"
    training.close()


def test_a_file_cut_short_under_us_is_an_error_message(tmp_path: Path) -> None:
    """Not a crash, and not other lines."""
    path = tmp_path / "x"
    path.write_bytes(b"line\n" * 100_000)
    file = TrainingFile.open(path)
    file.wait_complete()
    os.truncate(path, 10)
    with pytest.raises(DatasetError, match="shorter"):
        file.line(50_000)
    file.close()


def test_closing_stops_the_counting(tmp_path: Path) -> None:
    """No thread is left behind."""
    path = tmp_path / "x"
    path.write_bytes(b"line\n" * 2_000_000)
    before = threading.active_count()
    file = TrainingFile.open(path)
    file.close()
    assert threading.active_count() == before


def test_a_changed_byte_is_found_by_reading_again(tmp_path: Path) -> None:
    """One byte in the middle is enough; the same bytes written again are no change."""
    path = tmp_path / "x"
    data = b"some line\n" * 100_000
    path.write_bytes(data)
    index = indexed(path)
    with path.open("r+b") as file:
        file.write(data)
    index.require_unchanged()
    with path.open("r+b") as file:
        file.seek(500_000)
        file.write(b"!")
    with pytest.raises(DatasetError, match="after byte 458752"):
        index.require_unchanged()


def test_lines_beyond_the_end_are_refused(tmp_path: Path) -> None:
    """Before the first and after the last there is nothing."""
    path = tmp_path / "x"
    path.write_bytes(b"one\n")
    file = TrainingFile.open(path)
    for index in (-1, 1):
        with pytest.raises(DatasetError, match="no line"):
            file.line(index)
        with pytest.raises(DatasetError, match="no line"):
            file.edited(index)
    file.close()
