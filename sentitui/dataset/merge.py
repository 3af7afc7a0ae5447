"""Puts several training files into one, in the order given.

Lines are copied byte for byte, so files must already have the same format; blank lines are left out and
counted. A file's last line gets a line end when another follows. The BOM of the first file stays, later
ones would be errors.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson
import xxhash

from sentitui.dataset.codec import UndecodableLine, decode
from sentitui.dataset.disk import BOM, has_bom, open_regular
from sentitui.dataset.format import Format, detect
from sentitui.dataset.outputs import new_files
from sentitui.dataset.survey import lines
from sentitui.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of one file: the examples written, and the 1-based lines dropped as duplicates."""

    path: Path
    examples: int
    duplicates: tuple[int, ...]
    blank: int


def merge_files(
    paths: Sequence[Path],
    out: Path,
    *,
    drop_duplicates: bool = False,
    overwrite: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[Merged, ...]:
    """Writes one file with the lines of all, whole or not at all, and says what became of each.

    Duplicates are examples that are equal as JSON, whatever their spacing, escapes and order of keys; the
    first one stays. `on_progress` hears (bytes done, bytes to do). Raises DatasetError when a file cannot
    be read, the formats differ, or the output cannot be written.
    """
    with ExitStack() as stack:
        files = [stack.enter_context(os.fdopen(open_regular(path)[0], "rb")) for path in paths]
        _require_one_format(paths, files)
        total = sum(os.fstat(file.fileno()).st_size for file in files)
        (output,) = stack.enter_context(new_files([out], overwrite=overwrite, keep=paths))
        if files and has_bom(files[0].fileno()):
            output.write(BOM)
        writer = _Writer(output, set() if drop_duplicates else None)
        merged: list[Merged] = []
        done = 0
        for path, file in zip(paths, files, strict=True):
            merged.append(writer.append(path, file))
            done += os.fstat(file.fileno()).st_size
            if on_progress is not None:
                on_progress(done, total)
    return tuple(merged)


class _Writer:
    """Appends files to the output; `seen` holds the hashes of what is there (None: duplicates may stay)."""

    def __init__(self, output: BinaryIO, seen: set[bytes] | None) -> None:
        self._output = output
        self._seen = seen
        self._missing_end = b""

    def append(self, path: Path, file: BinaryIO) -> Merged:
        examples = blank = 0
        duplicates: list[int] = []
        end = b"\n"
        for number, (_, line) in enumerate(lines(file), start=1):
            if not line.strip():
                blank += 1
            elif self._is_duplicate(line):
                duplicates.append(number)
            else:
                end = b"\r\n" if line.endswith(b"\r\n") else b"\n" if line.endswith(b"\n") else end
                self._output.write(self._missing_end + line)
                self._missing_end = b"" if line.endswith(b"\n") else end
                examples += 1
        return Merged(path, examples, tuple(duplicates), blank)

    def _is_duplicate(self, line: bytes) -> bool:
        if self._seen is None:
            return False
        key = xxhash.xxh3_128_digest(_canonical(line))
        if key in self._seen:
            return True
        self._seen.add(key)
        return False


def _canonical(line: bytes) -> bytes:
    try:
        return orjson.dumps(decode(line).data, option=orjson.OPT_SORT_KEYS)
    except (UndecodableLine, TypeError):
        # No example, or a number that only the line itself spells: equal when the bytes are.
        return line.strip()


def _require_one_format(paths: Sequence[Path], files: Sequence[BinaryIO]) -> None:
    found = [(path, _format(file)) for path, file in zip(paths, files, strict=True)]
    known = [(path, form) for path, form in found if form is not None]
    if len({form for _, form in known}) > 1:
        listed = ", ".join(f"{path} is {form}" for path, form in known)
        raise DatasetError(
            f"The files have different formats: {listed}.", "Convert them to one first: `sentitui convert`."
        )


def _format(file: BinaryIO) -> Format | None:
    """What most examples of a file are; None when no line tells."""
    counts = Counter(form for form in _formats(file) if form is not None)
    return counts.most_common(1)[0][0] if counts else None


def _formats(file: BinaryIO) -> Iterator[Format | None]:
    for _, line in lines(file):
        try:
            yield detect(decode(line).data)
        except UndecodableLine:
            continue
