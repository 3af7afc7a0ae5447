"""Multipart forms with one file: the file goes straight to disk, however large; fields stay small.

The file lands in a folder of the engine's home, so that keeping it is a rename. The client's file name is
only ever a label.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from sentitui.engine import limits
from sentitui.engine.http.body import chunks
from sentitui.engine.names import new_id
from sentitui.engine.responses.errors import bad_request, too_large

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_FLUSH = 2**20
"""Bytes collected before a thread writes them."""


@dataclass(frozen=True, slots=True)
class Form:
    """A received form: where the file's bytes are, what the client calls it, and the other fields."""

    path: Path
    filename: str
    bytes: int
    fields: dict[str, str]


@asynccontextmanager
async def received_form(request: Request, *, file: str, limit: int, folder: Path) -> AsyncIterator[Form]:
    """Receives a form whose field `file` holds a file of at most `limit` bytes.

    Inside the block the file may be moved away; what is left of it afterwards is removed. Raises ApiError.
    """
    boundary = _boundary(request)
    path = folder / new_id("part_")
    with path.open("wb") as target:
        try:
            reader = _Reader(file, target, limit)
            await _receive(request, MultipartParser(boundary, reader.callbacks()), reader, limit)
            yield Form(path, reader.filename(), reader.written, reader.fields)
        finally:
            path.unlink(missing_ok=True)


async def _receive(request: Request, parser: MultipartParser, reader: _Reader, limit: int) -> None:
    try:
        async for chunk in chunks(request, limit + limits.FORM_OVERHEAD_BYTES):
            parser.write(chunk)
            if len(reader.waiting) >= _FLUSH:
                await asyncio.to_thread(reader.flush)
        parser.finalize()
    except FormParserError as error:
        raise bad_request(
            f"Could not parse multipart form: {error}.", None, "invalid_multipart_form"
        ) from error
    await asyncio.to_thread(reader.flush)


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        message = "Unsupported content type: this method only accepts 'multipart/form-data' with a boundary."
        raise bad_request(message, None, "unsupported_content_type")
    return boundary


class _Reader:
    """What the parser calls; collects the file's bytes in `waiting` until `flush`."""

    def __init__(self, file: str, target: BinaryIO, limit: int) -> None:
        self.fields: dict[str, str] = {}
        self.waiting = bytearray()
        self.written = 0
        self._file = file
        self._target = target
        self._limit = limit
        self._filename: str | None = None
        self._header = (bytearray(), bytearray())
        self._disposition = b""
        self._name = ""
        self._value = bytearray()

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._name_part,
            "on_part_data": self._data,
            "on_part_end": self._end,
        }

    def filename(self) -> str:
        """The file's name. Raises ApiError when no file came."""
        if self._filename is None:
            raise bad_request(
                f"Missing required parameter: '{self._file}'.", self._file, "missing_required_parameter"
            )
        return self._filename

    def flush(self) -> None:
        self._target.write(self.waiting)
        self._target.flush()
        self.waiting.clear()

    def _begin(self) -> None:
        self._disposition = b""
        self._value.clear()

    def _end_header(self) -> None:
        name, value = self._header
        if bytes(name).lower() == b"content-disposition":
            self._disposition = bytes(value)
        name.clear()
        value.clear()

    def _name_part(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._name in self.fields or (self._name == self._file and self._filename is not None):
            raise bad_request(f"'{self._name[:100]}' was given twice.", self._name, "duplicate_parameter")
        if self._name == self._file:
            self._filename = options.get(b"filename", b"").decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._name == self._file:
            self.written += end - start
            if self.written > self._limit:
                raise too_large(self._limit)
            self.waiting += data[start:end]
            return
        self._value += data[start:end]
        if len(self._value) > limits.FORM_FIELD_BYTES or len(self.fields) > 20:
            raise too_large(limits.FORM_FIELD_BYTES)

    def _end(self) -> None:
        if self._name != self._file:
            self.fields[self._name] = self._value.decode("utf-8", "replace")
