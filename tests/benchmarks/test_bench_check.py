"""The checker's figures, as ratios within one run: speed against bare parsing, memory, a keystroke."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from sentitui.dataset.check import check_example
from sentitui.dataset.checking.live import Checker

pytestmark = pytest.mark.benchmark

MEGABYTES = 200
KEYSTROKE = 9_000
"""How often an ordinary example of this file is parsed in 5 ms on the machine that the figure was set on."""
SYSTEM = '{"role": "system", "content": "You are a helpful assistant."}'


def words(rng: random.Random) -> list[str]:
    """A made-up vocabulary."""
    return ["".join(rng.choice("etaoinshrdlu") for _ in range(rng.randint(2, 9))) for _ in range(3000)]


def chat_lines(seed: int, size: int) -> Iterator[bytes]:
    """A chat file of about `size` bytes: one to three rounds, a tenth with characters beyond ASCII."""
    rng = random.Random(seed)
    vocabulary = words(rng)
    odd = ["naïve café", "“quoted”", "日本語", "🙂👍🏽", "it’s fine\\n\\nnew paragraph", 'a \\"b\\" c']
    written = 0
    while written < size:
        messages = (
            ['{"role": "system", "content": "You are a helpful assistant."}'] if rng.random() < 0.7 else []
        )
        for _ in range(rng.choice((1, 1, 2, 3))):
            asked = " ".join(rng.choices(vocabulary, k=rng.randint(8, 60)))
            answered = " ".join(rng.choices(vocabulary, k=rng.randint(3, 50)))
            tail = f" {rng.choice(odd)}" if rng.random() < 0.05 else ""
            messages.append(f'{{"role": "user", "content": "{asked}{tail}"}}')
            messages.append(f'{{"role": "assistant", "content": "{answered}"}}')
        line = f'{{"messages": [{", ".join(messages)}]}}\n'.encode()
        written += len(line)
        yield line


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeded chat file."""
    path = tmp_path_factory.mktemp("bench") / "big.jsonl"
    with path.open("wb") as file:
        file.writelines(chat_lines(1, MEGABYTES * 1_000_000))
    return path


CHILD = """
import resource, sys
from sentitui.dataset.check import check_file
if __name__ == "__main__":
    report = check_file(sys.argv[1], profile="openai")
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in (own, others))
    with open("/proc/self/status") as status:  # our own ru_maxrss still holds what our parent had before exec
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    print(cpu, peak + others.ru_maxrss, report.examples)
"""
"""Prints the CPU seconds and the peak memory in KB of all processes of a check, and the examples."""


def check_elsewhere(path: Path, folder: Path) -> tuple[float, float, float, int]:
    """Wall seconds of the whole process, CPU seconds and peak memory in MB of all its processes, examples."""
    script = folder / "check_child.py"
    script.write_text(CHILD)
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, script, path], capture_output=True, text=True, check=True, timeout=300
    )
    wall = time.perf_counter() - started
    cpu, memory, examples = done.stdout.split()
    return wall, float(cpu), int(memory) / 1024, int(examples)


def cpu_seconds(work: Callable[[], object]) -> float:
    """How much CPU time some work takes in this process."""
    started = time.process_time()
    work()
    return time.process_time() - started


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def parse_often(line: bytes) -> None:
    """Bare orjson.loads of one example, KEYSTROKE times."""
    for _ in range(KEYSTROKE):
        orjson.loads(line)


def loads_each_line(path: Path) -> None:
    """Bare orjson.loads of every line."""
    with path.open("rb") as file:
        for line in file:
            orjson.loads(line)


def cookbook(path: Path) -> None:
    """The checks of OpenAI's cookbook: json per line, in memory, a few errors counted."""
    with path.open("r", encoding="utf-8") as file:
        dataset = [json.loads(line) for line in file]
    keys = ("role", "content", "name", "function_call", "weight")
    roles = ("system", "user", "assistant", "function")
    errors: dict[str, int] = {}

    def count(name: str) -> None:
        errors[name] = errors.get(name, 0) + 1

    for example in dataset:
        if not isinstance(example, dict):
            count("data_type")
            continue
        messages = example.get("messages", None)
        if not messages:
            count("missing_messages_list")
            continue
        for message in messages:
            if "role" not in message or "content" not in message:
                count("message_missing_key")
            if any(key not in keys for key in message):
                count("message_unrecognized_key")
            if message.get("role", None) not in roles:
                count("unrecognized_role")
            content = message.get("content", None)
            if (not content and not message.get("function_call", None)) or not isinstance(content, str):
                count("missing_content")
        if not any(message.get("role", None) == "assistant" for message in messages):
            count("example_missing_assistant_message")


def test_a_200_mb_file_is_checked_in_about_three_times_bare_parsing_and_a_third_of_the_cookbooks_time(
    big: Path, tmp_path: Path
) -> None:
    """All rules, the start of the process included, in under 200 MB of memory.

    CPU seconds of all processes, halved, stand for two idle cores: wall time says nothing on a busy machine.
    """
    size = big.stat().st_size / 1e6
    runs = [check_elsewhere(big, tmp_path) for _ in range(3)]
    wall, cpu, memory, examples = min(runs, key=lambda run: run[1])
    bare = min(cpu_seconds(lambda: loads_each_line(big)) for _ in range(3))
    simple = cpu_seconds(lambda: cookbook(big))
    took = cpu / 2
    print(
        f"\ncheck {size / took:.0f} MB/s on two cores ({cpu:.2f} s of CPU, {wall:.2f} s here,"
        f" {examples:,} examples, {memory:.0f} MB); orjson {size / bare:.0f} MB/s, {bare / took:.2f} of it;"
        f" cookbook {size / simple:.0f} MB/s, {simple / took:.1f} times as fast"
    )
    assert bare / took >= 0.3  # a third is the aim: 0.32 on a busy machine, 0.35 on a quiet one
    assert simple / took >= 3
    assert memory < 200


@pytest.mark.skipif(not os.environ.get("SENTITUI_BENCH_2GB"), reason="needs 2 GB of disk and a minute")
def test_2_gb_are_checked_in_less_than_400_mb(big: Path, tmp_path: Path) -> None:
    """Memory grows by the digests alone."""
    path = tmp_path / "huge.jsonl"
    with path.open("wb") as file:
        for number in range(10):
            file.writelines(chat_lines(number, MEGABYTES * 1_000_000))
    wall, cpu, memory, examples = check_elsewhere(path, tmp_path)
    print(f"\n2 GB: {cpu:.1f} s of CPU, {wall:.1f} s here, {examples:,} examples, {memory:.0f} MB")
    assert memory < 400


def test_a_keystroke_is_checked_within_5_ms() -> None:
    """An ordinary example, by itself and against 20,000 others; 5 ms as so many times its bare parsing."""
    checker = Checker(profile="openai")
    checker.feed(b"".join(line for _, line in zip(range(20_000), chat_lines(2, 10**9), strict=False)))
    line = next(chat_lines(3, 1)).rstrip(b"\n")
    checker.tallies()
    alone = min(seconds(lambda: check_example(line, profile="openai")) for _ in range(50))
    together = sorted(
        seconds(lambda typed=typed: checker.replace(7, line.replace(b"a", typed, 1)))  # type: ignore[misc]
        for typed in [b"%d" % number for number in range(50)]
    )
    typical = together[25] * 1e3
    allowed = min(seconds(lambda: parse_often(line)) for _ in range(5))
    print(
        f"\nkeystroke: {alone * 1e3:.2f} ms alone, {typical:.2f} ms with cross-example rules (median);"
        f" {KEYSTROKE:,} times orjson.loads of the example: {allowed * 1e3:.2f} ms"
    )
    assert alone < allowed
    assert together[25] < allowed
