"""The main job as a user runs it: how long from start to table, and how much memory all its processes take.

Seconds depend on the machine, so they are printed, not asserted: run with `-s` on idle cores to read them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sentitui.resources import data_file

GIB = 1 << 30


def memory_of(home: Path) -> int:
    """Bytes of memory that all processes of this home take together (shared pages counted once)."""
    total = 0
    mark = str(home).encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            belongs = mark in (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            rollup = (process / "smaps_rollup").read_text("ascii") if belongs else ""
        except OSError:
            continue  # it ended while we looked, or is not ours to look at
        total += sum(int(line.split()[1]) << 10 for line in rollup.splitlines() if line.startswith("Pss:"))
    return total


class Peak(threading.Thread):
    """Watches the memory of a home until told to stop; `bytes` is the most that was seen."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self._home = home
        self._done = threading.Event()
        self.bytes = 0

    def run(self) -> None:
        """Looks five times a second."""
        while not self._done.wait(0.2):
            self.bytes = max(self.bytes, memory_of(self._home))

    def stop(self) -> int:
        """Ends the watch and returns the peak."""
        self._done.set()
        self.join()
        return self.bytes


@pytest.mark.benchmark
def test_the_main_job_fits_in_three_gigabytes(tmp_path: Path) -> None:
    """`sentitui run` on the sentiment set stays under 3 GiB in all processes together, and ends well."""
    out = tmp_path / "run.json"
    train, test = data_file("sentiment", "train.jsonl"), data_file("sentiment", "test.jsonl")
    words = ["run", str(train), "--test", str(test), "--json", str(out)]
    peak = Peak(tmp_path)
    peak.start()
    began = time.monotonic()
    env = {**os.environ, "SENTITUI_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "sentitui", *words], env=env, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - began
    most = peak.stop()
    os.kill(json.loads((tmp_path / "engine" / "engine.json").read_text("utf-8"))["pid"], signal.SIGTERM)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(out.read_text("utf-8"))
    asking = sum(contender["seconds"] for contender in report["contenders"])
    print(
        f"\nstart to table {seconds:.1f} s, job {report['job']['seconds']:.1f} s, answers {asking:.1f} s, "
        f"peak {most / GIB:.2f} GiB"
    )
    for one in report["contenders"]:
        print(f"{one['name']}: label {one['label_accuracy']:.1%}, format {one['format_accuracy']:.1%}")
    assert most < 3 * GIB
