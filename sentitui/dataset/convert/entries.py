"""Reading what is to be converted, entry by entry: JSON lines, one JSON array, or a table's lines.

Owns decoding and line numbers. What cannot be decoded is an entry with a problem, and reading goes on; a
file that cannot be read at all is a DatasetError.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO, Protocol, TextIO

import msgspec

from sentitui.dataset.codec import UndecodableLine, decode
from sentitui.dataset.convert.forms import Form, Options
from sentitui.dataset.survey import lines
from sentitui.errors import DatasetError

# The most characters in a cell; csv's own limit of 131,072 is less than a long document.
_LONGEST_CELL = 1 << 27
_DELIMITERS = ",;\t|"


class _Reader(Protocol):
    """What is used of csv's reader."""

    line_num: int

    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the 1-based line where it begins, and its data or the problem with it."""

    line: int
    data: dict[str, Any] | None = None
    problem: str = ""


def json_entries(file: BinaryIO) -> Iterator[Entry]:
    """The objects of a JSONL file or of one JSON array; blank lines are skipped."""
    if _first_byte(file) == b"[":
        yield from _array(file)
        return
    for number, (_, line) in enumerate(lines(file), start=1):
        if line.strip():
            yield _entry(number, line)


def read_table(file: BinaryIO, form: Form, options: Options) -> tuple[list[str], Iterator[Entry]]:
    """The names of a table's columns, and its lines as entries of column to cell; empty lines are skipped.

    A line with too few or too many cells is an entry with a problem. Raises DatasetError, while reading too,
    for a text that is not in the given encoding (UTF-8, or UTF-16 with its mark), and for no or a bad header.
    """
    csv.field_size_limit(_LONGEST_CELL)
    found = _lines_of_cells(file, form, options)
    first = next(found, None)
    if first is None or isinstance(first.cells, str):
        reason = "it is empty" if first is None else first.cells
        raise DatasetError(f"The table has no header: {reason}.", "Its first line should name the columns.")
    header = first.cells if options.header else [str(number + 1) for number in range(len(first.cells))]
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise DatasetError(f"The table has two columns named {twice!r}.", "Rename one of them.")
    rest = found if options.header else chain((first,), found)
    return header, (_row(line, header) for line in rest)


def is_json(file: BinaryIO) -> bool:
    """Whether the file begins like JSON: with an object or an array."""
    return _first_byte(file) in (b"{", b"[")


@dataclass(frozen=True, slots=True)
class _Line:
    """A table's line: where it begins and its cells, or why it has none."""

    number: int
    cells: list[str] | str


def _lines_of_cells(file: BinaryIO, form: Form, options: Options) -> Iterator[_Line]:
    encoding = options.encoding or _encoding(file)
    try:
        # A descriptor of its own, so that closing the text leaves the file to its owner.
        with os.fdopen(os.dup(file.fileno()), encoding=encoding, newline="") as text:
            text.seek(0)
            delimiter = "\t" if form is Form.TSV else _delimiter(text)
            yield from _parsed(csv.reader(text, delimiter=delimiter, strict=True))
    except (UnicodeError, LookupError) as error:
        raise DatasetError(
            f"The table cannot be read as {encoding}: {error}.", "Name its encoding, e.g. --encoding cp1252."
        ) from error


def _parsed(reader: _Reader) -> Iterator[_Line]:
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield _Line(
                start, f"the cells of lines {start} to {reader.line_num} cannot be told apart: {error}"
            )
            continue
        if cells is None:
            return
        if cells:
            yield _Line(start, cells)


def _row(line: _Line, header: list[str]) -> Entry:
    if isinstance(line.cells, str):
        return Entry(line.number, problem=line.cells)
    if len(line.cells) != len(header):
        return Entry(line.number, problem=f"there are {len(line.cells)} cells, but {len(header)} columns")
    return Entry(line.number, dict(zip(header, line.cells, strict=True)))


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    mark = file.read(2)
    file.seek(0)
    return "utf-16" if mark in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _delimiter(text: TextIO) -> str:
    """The separator that occurs most often in the first line outside quotes; a comma when none does."""
    bare = "".join(text.readline().split('"')[::2])
    text.seek(0)
    return max(_DELIMITERS, key=bare.count)


def _first_byte(file: BinaryIO) -> bytes:
    for _, line in lines(file):
        if line.strip():
            return line.strip()[:1]
    return b""


def _array(file: BinaryIO) -> Iterator[Entry]:
    file.seek(0)
    content = file.read().removeprefix(b"\xef\xbb\xbf")
    try:
        elements = msgspec.json.decode(content, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as error:
        raise DatasetError(
            f"The file begins like a JSON array but is none: {error}.", "Correct it at that byte."
        ) from error
    line, position = 1, 0
    for element in elements:
        found = content.index(bytes(element), position)
        line += content.count(b"\n", position, found)
        yield _entry(line, bytes(element))
        line += content.count(b"\n", found, found + len(element))
        position = found + len(element)


class _TwiceError(ValueError):
    """A key that stands twice in an object: one of the values would be lost."""


def _entry(number: int, line: bytes) -> Entry:
    try:
        decode(line)
        data = json.loads(line, object_pairs_hook=_unique)
    except UndecodableLine as error:
        return Entry(number, problem=error.message)
    except (_TwiceError, RecursionError) as error:
        return Entry(number, problem=str(error))
    return Entry(number, data)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands twice")
    return data
