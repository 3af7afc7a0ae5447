"""Counting whole files: every example when that is quick, a seeded sample with an interval when it is not."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
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


@dataclass(frozen=True, slots=True)
class Sample:
    """A file's lines to count: all of them in one piece (`whole`), or seeded pieces of a larger file.

    `pieces` reads while it is walked, once.
    """

    size: int
    whole: bool
    pieces: Iterator[Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Piece:
    """What was counted in one piece of a file."""

    tokens: int
    trained: int
    bytes: int
    examples: int


def estimate_file(
    path: Path, counter: Counter, *, seed: int = 0, whole_file: int = WHOLE_FILE, pieces: int = PIECES
) -> Estimate:
    """Counts a file whole up to `whole_file` bytes, else estimates it from so many seeded pieces.

    DatasetError when the file cannot be read, or the sample holds no line that can be counted.
    """
    sample = sample_lines(path, seed=seed, whole_file=whole_file, pieces=pieces)
    return estimate(sample, [_count_piece(lines, counter) for lines in sample.pieces])


def sample_lines(path: Path, *, seed: int = 0, whole_file: int = WHOLE_FILE, pieces: int = PIECES) -> Sample:
    """The lines of a file up to `whole_file` bytes, else those that begin in seeded pieces of it.

    Of a large file each line belongs to exactly one possible piece, so lines are drawn fairly by their place.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from error
    whole = size <= max(whole_file, pieces * PIECE_BYTES)
    return Sample(size, whole, _pieces(path, None if whole else _starts(size, seed, pieces)))


def estimate(sample: Sample, pieces: Sequence[Piece]) -> Estimate:
    """The tokens of a file from what was counted in its pieces.

    Tokens per byte over the pieces (a ratio estimator), scaled to the size of the file; the interval comes
    from the spread between pieces (Cochran, Sampling Techniques, 6.3).
    """
    read, examples = sum(p.bytes for p in pieces), sum(p.examples for p in pieces)
    tokens, trained = sum(p.tokens for p in pieces), sum(p.trained for p in pieces)
    if sample.whole:
        return Estimate(tokens, tokens, tokens, trained, examples, read, True)
    if not read:
        raise DatasetError("The sample holds no line that can be counted", "Run sentitui check on the file.")
    rate, scale = tokens / read, sample.size / read
    squares = sum((p.tokens - rate * p.bytes) ** 2 for p in pieces)
    error = math.sqrt(squares / (len(pieces) - 1) * len(pieces)) * scale
    margin = _CONFIDENCE * error * math.sqrt(max(0.0, 1 - read / sample.size))
    low, high = max(0, math.floor(tokens * scale - margin)), math.ceil(tokens * scale + margin)
    return Estimate(round(tokens * scale), low, high, round(trained * scale), examples, read, False)


def _count_piece(lines: Iterable[bytes], counter: Counter) -> Piece:
    tokens = trained = size = examples = 0
    for line in lines:
        size += len(line)
        for count in count_lines([line], counter):
            tokens, trained, examples = tokens + count.total, trained + count.trained, examples + 1
    return Piece(tokens, trained, size, examples)


def _starts(size: int, seed: int, pieces: int) -> list[int]:
    numbers = random.Random(seed).sample(range(size // PIECE_BYTES), pieces)  # noqa: S311 - no secret
    return [number * PIECE_BYTES for number in sorted(numbers)]


def _pieces(path: Path, starts: Sequence[int] | None) -> Iterator[Iterable[bytes]]:
    try:
        with path.open("rb") as file:
            if starts is None:
                yield file
            else:
                for start in starts:
                    yield _lines_from(file, start)
    except OSError as error:
        raise _unreadable(path, error) from error


def _lines_from(file: BinaryIO, start: int) -> list[bytes]:
    """The lines that begin in the piece of the file at `start`, read to their ends."""
    file.seek(max(0, start - 1))
    if start and not file.readline(LINE_BYTES).endswith(b"\n"):
        return []
    lines: list[bytes] = []
    while file.tell() < start + PIECE_BYTES and (line := file.readline(LINE_BYTES)):
        if len(line) == LINE_BYTES:
            break
        lines.append(line)
    return lines


def _unreadable(path: Path, error: OSError) -> DatasetError:
    return DatasetError(
        f"{path}: cannot be read ({error.strerror})", "Check that it is a file that you may read."
    )
