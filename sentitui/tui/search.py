"""Finds a text in the examples of a training file, from one place on, either way. Runs in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sentitui.dataset import codec
from sentitui.dataset.training_file import TrainingFile
from sentitui.errors import DatasetError

_BLOCK = 2_000
"""Lines that are read at a time going backwards."""


def find(
    file: TrainingFile, pattern: str, start: int, *, backwards: bool, stopped: Callable[[], bool]
) -> int | None:
    """The next example after `start` (before it, backwards) that holds the pattern, going round once.

    Case does not matter. None when there is none, or when `stopped` says that nobody waits any more.
    """
    wanted = pattern.casefold()
    fits = _fits(wanted)
    for index, line in _walk(file, start, backwards=backwards):
        if index % 512 == 0 and stopped():
            return None
        if fits(line):
            return index
    return None


def _fits(wanted: str) -> Callable[[bytes], bool]:
    # Characters that JSON never escapes are found in the bytes: decoding is for lines that may match.
    plain = wanted.isascii() and not set(wanted) & set('"\\/') and wanted.isprintable()
    raw = wanted.encode()

    def fits(line: bytes) -> bool:
        if plain and raw not in line.lower():
            return False
        return wanted in words_of(line).casefold()

    return fits


def words_of(line: bytes) -> str:
    """What a person reads in an example: its messages' texts; a line that is none is read as it stands."""
    try:
        example = codec.decode(line)
    except DatasetError:
        return line.decode("utf-8", "replace")
    said = [message.text for message in example.messages]
    return "\n".join([*said, example.answer or ""])


def _walk(file: TrainingFile, start: int, *, backwards: bool) -> Iterator[tuple[int, bytes]]:
    count = len(file)
    if not backwards:
        yield from enumerate(file.lines(start + 1, count), start + 1)
        yield from enumerate(file.lines(0, min(start + 1, count)))
        return
    yield from _down(file, 0, start)
    yield from _down(file, start, count)


def _down(file: TrainingFile, first: int, stop: int) -> Iterator[tuple[int, bytes]]:
    for end in range(stop, first, -_BLOCK):
        begin = max(first, end - _BLOCK)
        block = list(file.lines(begin, end))
        yield from ((begin + at, block[at]) for at in range(len(block) - 1, -1, -1))
