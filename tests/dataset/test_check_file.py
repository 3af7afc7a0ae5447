"""Checking whole files: any kind, any size, in one process or several, with all problems at once."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sentitui.dataset.check import check_file
from sentitui.dataset.checking.examine import Setting
from sentitui.dataset.checking.parallel import parts
from sentitui.dataset.checking.part import Part, Plan
from sentitui.dataset.checking.reader import blocks, ranges
from sentitui.dataset.diagnostics import Diagnostic, Severity
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import profile
from sentitui.errors import DatasetError
from tests.fakes.lines import chat, line, mutations


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Ten good examples."""
    path = tmp_path / "good.jsonl"
    path.write_bytes(b"".join(line(chat(f"Question {i}?", f"Answer number {i}")) + b"\n" for i in range(10)))
    return path


def codes(path: Path, **options: object) -> set[str]:
    """The codes that are found."""
    return {d.code for d in check_file(path, profile="openai", **options).diagnostics}  # type: ignore[arg-type]


def test_a_good_file_has_nothing_wrong(good: Path) -> None:
    """No diagnostics, and the numbers of the file."""
    report = check_file(good, profile="openai")
    assert report.diagnostics == ()
    assert not report.has_errors
    assert (report.lines, report.examples, report.format) == (10, 10, Format.CHAT)


def test_lines_are_numbered_from_1_with_blank_ones_counted(good: Path) -> None:
    """A diagnostic names the line as an editor counts it, after a byte order mark and CRLF too."""
    good.write_bytes(b"\xef\xbb\xbf" + good.read_bytes().replace(b"\n", b"\r\n") + b"\r\n{bad\r\n")
    report = check_file(good, profile="openai")
    places = {d.code: d.location.line for d in report.diagnostics}
    assert places["F009"] == 11
    assert places["J001"] == 12
    assert places["F005"] is None
    assert [d.location.byte for d in report.diagnostics if d.code == "J001"] == [1]


def test_diagnostics_come_whole_file_first_then_by_line(good: Path) -> None:
    """The order is that of the file."""
    good.write_bytes(b"{bad\n" + b"\n" + line(chat("x", "y")) + b"\n" + b'{"messages": 1}\n')
    lines = [d.location.line or 0 for d in check_file(good, profile="openai").diagnostics]
    assert lines == sorted(lines)
    assert lines[0] == 0


@pytest.mark.parametrize(
    "content", [gzip.compress(b"x" * 99), b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)]
)
def test_binary_data_gets_one_message(tmp_path: Path, content: bytes) -> None:
    """Not one for each line that is none."""
    path = tmp_path / "data.jsonl"
    path.write_bytes(content)
    assert codes(path) == {"F002"}


def test_utf16_gets_one_message(good: Path) -> None:
    """Not one for each line that cannot be read."""
    good.write_bytes(good.read_bytes().decode().encode("utf-16"))
    assert codes(good) == {"F003"}


def test_a_pipe_and_a_folder_are_answered_without_waiting(tmp_path: Path) -> None:
    """Opening a pipe would wait for a writer for ever."""
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    assert codes(pipe) == {"F002"}
    assert codes(tmp_path) == {"F002"}


def test_a_file_that_cannot_be_opened_is_an_error_with_its_name(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(DatasetError, match="nowhere"):
        check_file(tmp_path / "nowhere.jsonl")


def test_a_line_of_300_mb_is_passed_by_in_bounded_memory(tmp_path: Path) -> None:
    """It is one diagnostic, and the lines around it are checked as usual."""
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.write(line(chat("a", "b")) + b"\n" + b'{"messages": "' + b"x" * 70_000)
        file.seek(300 * 2**20)
        file.write(b'"}\n{bad\n')
    report = check_file(path, profile="openai")
    found = [(d.code, d.location.line) for d in report.diagnostics if d.location.line]
    assert found == [("F019", 2), ("J001", 3)]


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_broken_lines_are_counted_and_the_first_are_kept(tmp_path: Path, count: int) -> None:
    """The report stays small, and says how many it left out."""
    path = tmp_path / "broken.jsonl"
    path.write_bytes(b"{broken\n" * count)
    report = check_file(path, profile="openai", keep=100)
    assert report.counts[Severity.ERROR] == count + 1
    assert len([d for d in report.diagnostics if d.code == "J001"]) == 100
    assert report.omitted == count - 100
    assert next(tally for tally in report.tallies if tally.code == "J001").lines == (1, 2, 3, 4, 5)


def test_each_diagnostic_can_be_handed_on_instead_of_kept(good: Path) -> None:
    """Then the report holds none and counts all."""
    good.write_bytes(good.read_bytes() + b"{bad\n" * 3)
    handed: list[tuple[Path, Diagnostic]] = []
    report = check_file(good, profile="openai", on_diagnostic=lambda path, d: handed.append((path, d)))
    assert [(path, d.code, d.location.line) for path, d in handed] == [
        (good, "J001", n) for n in (11, 12, 13)
    ]
    assert report.diagnostics == ()
    assert report.counts[Severity.ERROR] == 3
    assert report.omitted == 0


def test_progress_tells_the_bytes_that_are_done(good: Path) -> None:
    """The last call says that all are."""
    told: list[tuple[int, int]] = []
    check_file(good, on_progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (good.stat().st_size, good.stat().st_size)


def test_a_validation_file_has_its_own_report(good: Path, tmp_path: Path) -> None:
    """What leaks is told on the validation file's lines, and few validation examples are no error."""
    validation = tmp_path / "validation.jsonl"
    validation.write_bytes(good.read_bytes().splitlines(keepends=True)[3] + line(chat("New?", "Yes")) + b"\n")
    report = check_file(good, validation=validation, profile="openai")
    assert report.diagnostics == ()
    assert report.validation is not None
    assert [(d.code, d.location.line) for d in report.validation.diagnostics] == [("F016", None), ("Q007", 1)]
    assert not report.has_errors


def test_the_format_is_found_out_from_the_first_examples(tmp_path: Path) -> None:
    """The most frequent one, unless it is given."""
    path = tmp_path / "completion.jsonl"
    path.write_bytes(
        b"".join(line({"prompt": f"{i} ->", "completion": f" {i}\n"}) + b"\n" for i in range(12))
    )
    assert check_file(path).format is Format.COMPLETION
    assert check_file(path, format=Format.CHAT).format is Format.CHAT
    assert "S001" in codes(path, format=Format.CHAT)


def _plan(path: Path) -> Plan:
    return Plan(path, Setting(None, Format.CHAT, profile("openai")), None)


def _summary(found: list[Part]) -> tuple[list[object], list[object]]:
    diagnostics: list[object] = []
    digests: list[object] = []
    for part in found:
        diagnostics += [(d, len(digests)) for d in part.found.kept]
        digests += [part.columns.digest(i) for i in range(len(part.columns))]
    return diagnostics, digests


def test_processes_find_what_one_process_finds(tmp_path: Path) -> None:
    """However a file is divided, the parts come back in order and say the same."""
    path = tmp_path / "mixed.jsonl"
    path.write_bytes(b"\n".join(mutations(5, 600)))
    size = path.stat().st_size
    descriptor = os.open(path, os.O_RDONLY)
    try:
        alone = list(parts(_plan(path), ranges(descriptor, 0, size, 4_000), 0))
        together = list(parts(_plan(path), ranges(descriptor, 0, size, 4_000), 2**40))
    finally:
        os.close(descriptor)
    assert [part.end for part in together] == [part.end for part in alone]
    assert _summary(together) == _summary(alone)


def test_a_thread_of_an_app_only_waits_for_the_processes(tmp_path: Path) -> None:
    """In a thread the same parts come back, checked elsewhere."""
    path = tmp_path / "mixed.jsonl"
    path.write_bytes(b"\n".join(mutations(6, 200)))
    size = path.stat().st_size
    found: list[Part] = []
    descriptor = os.open(path, os.O_RDONLY)
    thread = threading.Thread(
        target=lambda: found.extend(parts(_plan(path), ranges(descriptor, 0, size, 4_000), 2**40))
    )
    thread.start()
    thread.join()
    alone = list(parts(_plan(path), ranges(descriptor, 0, size, 4_000), 0))
    os.close(descriptor)
    assert _summary(found) == _summary(alone)


@pytest.mark.parametrize("step", [1, 7, 50, 1000, 10**6])
def test_ranges_hold_whole_lines_and_miss_nothing(tmp_path: Path, step: int) -> None:
    """Every byte is in one range, and every range ends with a line (or the file)."""
    content = b"\n".join([b"a" * 30, b"", b"b" * 3, b"\r", b"c" * 200_000, b"last"])
    path = tmp_path / "lines"
    path.write_bytes(content)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        found = list(ranges(descriptor, 0, len(content), step))
        pieces = [b"".join(one.data for one in blocks(descriptor, *each)) for each in found]
    finally:
        os.close(descriptor)
    assert b"".join(pieces) == content
    assert all(piece.endswith(b"\n") for piece in pieces[:-1])


UNGUARDED = """
import sys, threading
from sentitui.dataset.checking import parallel
from sentitui.dataset.check import check_file
parallel._WORTH_A_PROCESS = 0
done = threading.Event()
threading.Thread(target=done.wait).start()
try:
    print(len(check_file(sys.argv[1], profile="openai").diagnostics))
finally:
    done.set()
"""
"""A script with a thread, so that processes are spawned; these cannot import it, as it lacks the guard."""


def test_without_processes_the_work_is_done_here(good: Path, tmp_path: Path) -> None:
    """When the processes cannot be started, the result is the same."""
    good.write_bytes(good.read_bytes() + b"{bad\n")
    script = tmp_path / "unguarded.py"
    script.write_text(UNGUARDED)
    done = subprocess.run([sys.executable, script, good], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.split()) == (0, [b"1"])
