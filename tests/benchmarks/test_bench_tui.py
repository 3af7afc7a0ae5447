"""What the app sends over the line and how much memory it holds, at 120x40 on a million examples.

Bytes are exact and tight; seconds are generous, for machines that do other things meanwhile.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.pty_terminal import PtyTerminal

pytestmark = pytest.mark.benchmark

WORDS = """
the a service food was good bad terrible lovely waiter flight hotel room price late early kind rude warm cold
great awful I would never always again we ordered delivery app phone screen battery camera quick slow and but
"""


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file of a million sentiment examples of 6 to 18 words, about 290 MB."""
    path = tmp_path_factory.mktemp("big") / "million.jsonl"
    chance = random.Random(1)
    lines = [_line(chance) for _ in range(2_000)]
    with path.open("wb") as file:
        for _ in range(500):
            file.write(b"".join(lines))
    yield path
    path.unlink()


def _line(chance: random.Random) -> bytes:
    said = " ".join(chance.choices(WORDS.split(), k=chance.randint(6, 18))).capitalize() + "."
    system = (
        "You are an assistant that classifies the sentiment of a message as Positive, Negative or Neutral."
    )
    messages = [
        {"role": "system", "content": system},
        {"role": "user", "content": said},
        {"role": "assistant", "content": chance.choice(["Positive", "Negative", "Neutral"])},
    ]
    return json.dumps({"messages": messages}).encode() + b"\n"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A home of its own and a terminal with all colours."""
    own = {"SENTITUI_HOME": str(tmp_path), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    return {**os.environ, **own}


@pytest.fixture
def terminal(million: Path, environ: dict[str, str]) -> Iterator[PtyTerminal]:
    """The app on the million examples, answering keys, all lines counted."""
    with PtyTerminal([sys.executable, "-m", "sentitui", str(million)], environ) as terminal:
        terminal.expect("1,000,000 examples")
        terminal.settle(0.5)
        yield terminal


def worst(terminal: PtyTerminal, key: str, presses: int) -> int:
    """The most that one of several presses of a key costs."""
    return max(terminal.cost(key) for _ in range(presses))


def mean(terminal: PtyTerminal, key: str, presses: int) -> float:
    """What a press of a key costs on average."""
    return sum(terminal.cost(key) for _ in range(presses)) / presses


def test_the_line_carries_few_bytes(terminal: PtyTerminal) -> None:
    """A step, a scroll, a page and a letter stay within their budgets, with the conversation following."""
    figures = {
        "step": mean(terminal, "down", 12),
        "scroll by one": mean(terminal, "down", 20),
        "page": worst(terminal, "pagedown", 5),
    }
    terminal.press("e")
    terminal.expect("Message 3")
    terminal.settle(0.5)
    figures["letter"] = worst(terminal, "x", 8)
    figures["idle for a second"] = terminal.settle(1.0)
    print({name: round(figure) for name, figure in figures.items()})
    assert figures["step"] <= 600
    assert figures["scroll by one"] <= 600
    assert figures["page"] <= 5_000
    assert figures["letter"] <= 300
    assert figures["idle for a second"] == 0


def test_no_key_of_a_burst_is_lost(terminal: PtyTerminal) -> None:
    """Fifty steps at once are fifty steps."""
    terminal.press(*["down"] * 50)
    terminal.expect("Example 51")


def test_memory_stays_small_to_the_end_of_the_file(terminal: PtyTerminal) -> None:
    """Going to the last of a million examples and back by pages holds less than 120 MB."""
    terminal.press("end")
    terminal.expect("Example 1,000,000")
    terminal.press(*["pageup"] * 20)
    terminal.settle(0.5)
    with open(f"/proc/{terminal.pid}/status") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    print(f"{resident / 1024:.0f} MB")
    assert resident < 120 * 1024


def test_the_first_paint_comes_at_once(million: Path, environ: dict[str, str]) -> None:
    """Something stands on the terminal long before textual could have painted."""
    took = []
    for _ in range(3):
        began = time.perf_counter()
        with PtyTerminal([sys.executable, "-m", "sentitui", str(million)], environ) as terminal:
            terminal.until(lambda: len(terminal.raw) > 0, "a first byte")
            took.append(time.perf_counter() - began)
    print(f"{min(took) * 1000:.0f} ms")
    assert min(took) < 0.5
