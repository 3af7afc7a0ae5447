"""Counting whole files: every example when that is quick, a seeded sample with an interval when it is not."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson

from sentitui.dataset.example import Example
from sentitui.dataset.tokens.cookbook import openai_counter
from sentitui.dataset.tokens.counts import Counter, TokenCount
from sentitui.errors import DatasetError

# Counting runs at some 10-20 MB/s on one core: files up to this size are counted whole in about a second.
WHOLE_FILE = 16 * 1024 * 1024

# The sample of a larger file: this many pieces at seeded places, of this many bytes each (4 MB in all).
PIECES = 128
PIECE_BYTES = 32 * 1024

# A longer line is an error that the checker reports; it is not read for an estimate.
LINE_BYTES = 32 * 1024 * 1024

_CONFIDENCE = 1.96  # standard errors to each side: 95 %


@dataclass(frozen=True, slots=True)
class Estimate:
    """The tokens of a file: `low` <= `total` <= `high` with 95 % confidence, all three equal when all was
    counted.

    `trained` is estimated the same way; `examples_read` and `bytes_read` say how much was looked at.
    """

    total: int
    low: int
    high: int
    trained: int
    examples_read: int
    bytes_read: int
    whole: bool


def count_example(example: Example, counter: Counter | None = None) -> TokenCount:
    """The tokens of one example, by default as OpenAI-shaped models count them."""
    return (counter or openai_counter()).count(example.data)


def count_lines(lines: Iterable[bytes], counter: Counter) -> Iterator[TokenCount]:
    """The counts of the lines that decode to an object and can be counted, in order; others are left out."""
    for line in lines:
        try:
            data = orjson.loads(line)
            if isinstance(data, dict):
                yield counter.count(data)
        except (orjson.JSONDecodeError, DatasetError):
            # What is wrong with the line is the checker's to say; a sum over good lines is still the right
            # sum.
            continue


def estimate_file(path: Path, counter: Counter, *, seed: int = 0, whole_file: int = WHOLE_FILE) -> Estimate:
    """Counts a file whole up to `whole_file` bytes, else estimates it from seeded pieces.

    The estimator is tokens per byte over clusters of lines (a ratio estimator), scaled to the size of the
    file; the interval comes from the spread between clusters. DatasetError when the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > max(whole_file, PIECES * PIECE_BYTES):
                return _sampled(file, size, counter, seed)
            total = trained = examples = 0
            for count in count_lines(file, counter):
                total, trained, examples = total + count.total, trained + count.trained, examples + 1
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror})") from error
    return Estimate(total, total, total, trained, examples, size, True)


def _sampled(file: BinaryIO, size: int, counter: Counter, seed: int) -> Estimate:
    numbers = random.Random(seed).sample(range(size // PIECE_BYTES), PIECES)  # noqa: S311 - no secret
    clusters = [_cluster(file, number * PIECE_BYTES, counter) for number in sorted(numbers)]
    examples, read = sum(c.examples for c in clusters), sum(c.bytes for c in clusters)
    if not read:
        raise DatasetError("The sample holds no line that can be counted", "Run sentitui check on the file.")
    rate = sum(c.tokens for c in clusters) / read
    # Variance of a ratio estimator: residuals of each cluster around the common rate (Cochran, Sampling
    # Techniques, 6.3).
    squares = sum((c.tokens - rate * c.bytes) ** 2 for c in clusters)
    error = math.sqrt(squares / (len(clusters) - 1) / len(clusters)) / (read / len(clusters))
    margin = _CONFIDENCE * error * size * math.sqrt(1 - read / size)
    total, trained = rate * size, sum(c.trained for c in clusters) / read * size
    low, high = max(0, math.floor(total - margin)), math.ceil(total + margin)
    return Estimate(round(total), low, high, round(trained), examples, read, False)


@dataclass(frozen=True, slots=True)
class _Cluster:
    tokens: int
    trained: int
    bytes: int
    examples: int


def _cluster(file: BinaryIO, start: int, counter: Counter) -> _Cluster:
    """The lines that begin in one piece of the file, read to their ends: each line belongs to one piece."""
    file.seek(max(0, start - 1))
    if start and not file.readline(LINE_BYTES).endswith(b"\n"):
        return _Cluster(0, 0, 0, 0)
    lines: list[bytes] = []
    while file.tell() < start + PIECE_BYTES and (line := file.readline(LINE_BYTES)):
        if len(line) == LINE_BYTES:
            break
        lines.append(line)
    counts = list(count_lines(lines, counter))
    return _Cluster(
        sum(c.total for c in counts), sum(c.trained for c in counts), sum(map(len, lines)), len(counts)
    )
