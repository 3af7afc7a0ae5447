"""Training files of any size: opening, walking and saving, measured against what the system does with them.

One file of 1 GB and 10 million lines, made once. Everything is a ratio within one run, or a size in memory.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sentitui.dataset.edits import Batch, Replace
from sentitui.dataset.files import save_now
from sentitui.dataset.training_file import TrainingFile

pytestmark = pytest.mark.benchmark

COUNT = 10_000_000
# Prints the peak of memory in MB after the imports and at the end. VmHWM: ru_maxrss would begin at ours.
WALK = """
import re, sys
from sentitui.dataset.training_file import TrainingFile
def peak():
    return int(re.search(r"VmHWM:\\s*([0-9]+)", open("/proc/self/status").read())[1]) // 1024
before = peak()
file = TrainingFile.open(sys.argv[1])
file.wait_complete()
for line in file.lines(): pass
for number in range(0, len(file), 1000): file.line(number)
print(before, peak(), len(file))
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Ten million lines of about a hundred bytes."""
    path = tmp_path_factory.mktemp("core") / "large.jsonl"
    block = b"".join(
        b'{"messages": [{"role": "user", "content": "%s"}]}\n' % (b"x" * (n % 110)) for n in range(1000)
    )
    with path.open("wb") as file:
        for _ in range(COUNT // 1000):
            file.write(block)
    yield path
    path.unlink()


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def processor_seconds(work: Callable[[], object]) -> float:
    """How much processor time one call takes in all threads: what others do does not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def report(what: str, value: object) -> None:
    """Shows a figure (with pytest -s)."""
    print(f"{what}: {value}")


def read_through(path: Path) -> None:
    """Reads a file once, in large pieces."""
    with path.open("rb", buffering=0) as file:
        buffer = bytearray(1 << 20)
        while file.readinto(buffer):
            pass


def test_the_first_screen_is_there_long_before_the_file_is_read(large: Path) -> None:
    """Opening and 40 lines take less than a tenth of reading the file once."""

    def first_screen() -> None:
        file = TrainingFile.open(large)
        assert [len(file.line(number, limit=480)) > 0 for number in range(40)]
        opened.append(file)

    opened: list[TrainingFile] = []
    ratio = seconds(first_screen) / seconds(lambda: read_through(large))
    opened[0].close()
    report("first screen / reading", round(ratio, 4))
    assert ratio < 0.1


def test_counting_lines_costs_about_as_much_as_going_through_them(large: Path) -> None:
    """The index, checksums included, against a bare loop over short lines; in processor time."""

    def count() -> None:
        file = TrainingFile.open(large)
        file.wait_complete()
        assert len(file) == COUNT
        file.close()

    def loop() -> None:
        with large.open("rb") as file:
            assert sum(1 for _ in file) == COUNT

    ratio = processor_seconds(count) / processor_seconds(loop)
    report("index / loop over lines", round(ratio, 2))
    assert ratio < 1.5


def test_memory_does_not_grow_with_the_file(large: Path) -> None:
    """After walking to the end, and looking at ten thousand lines: under 60 MB, imports included."""
    done = subprocess.run([sys.executable, "-c", WALK, large], capture_output=True, text=True, check=True)
    before, peak, count = map(int, done.stdout.split())
    report("peak MB", peak)
    assert count == COUNT
    assert peak < 60
    assert peak - before < 15


def test_any_line_is_found_in_a_fraction_of_a_scan(large: Path) -> None:
    """A thousand random lines take less than the scan that counted them."""
    rng = random.Random(1)
    file = TrainingFile.open(large)
    scan = seconds(file.wait_complete)
    found = seconds(lambda: [file.line(rng.randrange(COUNT)) for _ in range(1000)])
    file.close()
    report("1000 lines / scan", round(found / scan, 3))
    assert found < scan


def test_a_save_takes_no_longer_than_a_durable_copy_and_a_half(large: Path) -> None:
    """One edit in 1 GB: against cp and sync of the copy, each the median of three; and memory stays flat."""
    copy = large.with_name("copy")

    def copied() -> None:
        by_cp_alone.append(seconds(lambda: subprocess.run(["cp", large, copy], check=True)))
        subprocess.run(["sync", copy], check=True)

    file = TrainingFile.open(large)
    file.wait_complete()
    before = resident()
    by_cp_alone: list[float] = []
    ratios, by_save = [], []
    for turn in range(3):
        by_cp = seconds(copied)
        copy.unlink()
        file.apply(Replace(COUNT // 2, b'{"turn": %d}' % turn))
        by_save.append(seconds(lambda: save_now(file)))
        ratios.append(by_save[-1] / by_cp)
    grown = resident() - before
    file.close()
    report("save / durable cp", [round(ratio, 2) for ratio in ratios])
    report("save / cp that is not on disk yet", round(min(by_save) / min(by_cp_alone), 2))
    report("MB grown", grown)
    assert statistics.median(ratios) < 1.5
    assert grown < 10


def test_edits_cost_memory_by_their_number_and_time_by_its_logarithm(large: Path) -> None:
    """A hundred thousand scattered edits: under 1.2 KB each; a look-up then costs at most ten times more."""
    rng = random.Random(2)
    file = TrainingFile.open(large)
    file.wait_complete()
    places = [rng.randrange(COUNT // 100) for _ in range(2000)]

    def look() -> None:
        for place in places:
            file.line(place)

    look()
    untouched, before = seconds(look), resident()
    edits = tuple(Replace(place, b"{}") for place in rng.sample(range(COUNT), 100_000))
    file.apply(Batch(edits))
    grown = resident() - before
    edited = seconds(look)
    file.close()
    report("look-up after / before", round(edited / untouched, 2))
    report("MB for 100,000 edits", grown)
    assert edited / untouched < 10
    assert grown < 120


def resident() -> int:
    """The memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // (1 << 20)
