"""Writing what was converted: JSON lines, one JSON array, or a table."""

from __future__ import annotations

import csv
import io
from typing import Any, BinaryIO, Protocol

from sentitui.dataset.codec import encode
from sentitui.dataset.convert import table
from sentitui.dataset.convert.forms import Form
from sentitui.dataset.example import Example


class Sink(Protocol):
    """Takes converted entries one by one."""

    def write(self, entry: dict[str, Any]) -> None:
        """Appends one entry."""

    def finish(self) -> None:
        """Writes what belongs at the end."""


class JsonLines:
    """One object a line."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, entry: dict[str, Any]) -> None:
        """Appends one line."""
        self._file.write(encode(Example(entry)) + b"\n")

    def finish(self) -> None:
        """Nothing belongs at the end."""


class JsonArray:
    """One array, an element a line: what `.json` files of ShareGPT and Alpaca are."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._between = b"[\n"

    def write(self, entry: dict[str, Any]) -> None:
        """Appends one element."""
        self._file.write(self._between + encode(Example(entry)))
        self._between = b",\n"

    def finish(self) -> None:
        """Closes the array."""
        self._file.write(b"\n]\n" if self._between == b",\n" else b"[]\n")


class Table:
    """Cells with a header, quoted where needed, in UTF-8."""

    def __init__(self, file: BinaryIO, delimiter: str) -> None:
        self._file = file
        self._line = io.StringIO(newline="")
        # csv quotes cells with a character of its line end: with both here, a lone CR is quoted, too.
        self._writer = csv.DictWriter(self._line, table.COLUMNS, delimiter=delimiter, lineterminator="\r\n")
        self._writer.writeheader()
        self._flush()

    def write(self, entry: dict[str, Any]) -> None:
        """Appends one line."""
        self._writer.writerow(entry)
        self._flush()

    def finish(self) -> None:
        """Nothing belongs at the end."""

    def _flush(self) -> None:
        self._file.write(self._line.getvalue().removesuffix("\r\n").encode("utf-8") + b"\n")
        self._line.seek(0)
        self._line.truncate()


def sink(file: BinaryIO, form: Form, *, array: bool) -> Sink:
    """The writer of a format; `array` makes one JSON array of it instead of lines."""
    if form.is_table:
        return Table(file, "\t" if form is Form.TSV else ",")
    return JsonArray(file) if array else JsonLines(file)
