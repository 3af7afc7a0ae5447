"""Splitting: what looking for near-duplicates costs, as ratios within one run."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from sentitui.dataset.split import split_file

EXAMPLES = 20_000


def _file(path: Path, texts: list[str]) -> Path:
    with path.open("w") as file:
        for text in texts:
            messages = [{"role": "user", "content": text}, {"role": "assistant", "content": "x"}]
            file.write(json.dumps({"messages": messages}) + "\n")
    return path


def _seconds(path: Path) -> float:
    start = time.perf_counter()
    split_file(path, path.with_suffix(".a"), path.with_suffix(".b"), overwrite=True)
    return time.perf_counter() - start


@pytest.mark.benchmark
def test_lines_made_from_a_template_cost_little_more_than_others(tmp_path: Path) -> None:
    """Thousands of lines that differ in a number are candidates of each other; time stays within 3x."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(3000)]
    varied = _file(tmp_path / "varied", [" ".join(chance.choices(words, k=6)) for _ in range(EXAMPLES)])
    alike = _file(
        tmp_path / "alike", [f"ticket {number} of the long, long list" for number in range(EXAMPLES)]
    )
    usual = min(_seconds(varied) for _ in range(2))
    assert min(_seconds(alike) for _ in range(2)) <= 3 * usual
