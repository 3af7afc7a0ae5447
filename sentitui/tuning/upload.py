"""Uploads a file with progress: in one request, or in parallel parts when it is big.

Files are read in pieces as they are sent, never whole. A multi-part upload that fails or is cancelled is
cancelled at the provider too, so that no half file is left there.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from sentitui.errors import DatasetError, ProviderUnreachable
from sentitui.providers.answers import json_object
from sentitui.providers.mapping import map_error
from sentitui.providers.provider import Provider

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MIME = "application/jsonl"
OnBytes = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class PartRules:
    """When a file goes in parts, how large they are in bytes (the API takes 64 MiB), how many go at once."""

    above: int = 128 * 2**20
    size: int = 32 * 2**20
    at_once: int = 4


class Section(io.RawIOBase):
    """Bytes `start` to `stop` of a file, as a file; tells how many were read for the first time."""

    def __init__(self, path: Path, start: int, stop: int, on_bytes: OnBytes) -> None:
        super().__init__()
        self._file = path.open("rb", buffering=0)
        self._start, self._stop, self._on_bytes = start, stop, on_bytes
        self._told = start
        self._file.seek(start)

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be rewound, so a request can be tried again."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Moves within the section."""
        base = {io.SEEK_SET: self._start, io.SEEK_CUR: self._file.tell(), io.SEEK_END: self._stop}[whence]
        return self._file.seek(min(max(base + offset, self._start), self._stop)) - self._start

    def tell(self) -> int:
        """The place within the section."""
        return self._file.tell() - self._start

    def readinto(self, buffer: memoryview | bytearray, /) -> int:  # type: ignore[override]  # any writable buffer
        """Reads what fits, to the section's end."""
        place = self._file.tell()
        view = memoryview(buffer)[: max(0, self._stop - place)]
        count = self._file.readinto(view) or 0
        if place + count > self._told:
            self._on_bytes(place + count - self._told)
            self._told = place + count
        return count

    def close(self) -> None:
        """Closes the file."""
        self._file.close()
        super().close()


async def upload(
    client: AsyncOpenAI,
    provider: Provider,
    path: Path,
    on_sent: Callable[[int, int], None],
    rules: PartRules | None = None,
) -> str:
    """The id of the uploaded file; `on_sent(sent, total)` is told bytes handed to the network.

    Raises DatasetError when the file cannot be read, else ProviderError.
    """
    total = await asyncio.to_thread(_size, path)
    sent = 0

    def count(more: int) -> None:
        nonlocal sent
        sent += more
        on_sent(sent, total)

    parts = rules or PartRules()
    if provider.uploads and total > parts.above:
        return await _PartedUpload(client, provider, path, total, count, parts).run()
    with Section(path, 0, total, count) as section:
        return await _whole(client, provider, path.name, section)


def _size(path: Path) -> int:
    try:
        with path.open("rb"):
            return path.stat().st_size
    except OSError as error:
        raise DatasetError(
            f"Cannot read {path}: {error.strerror}.", "Check the path and its permissions."
        ) from error


async def _whole(client: AsyncOpenAI, provider: Provider, name: str, section: Section) -> str:
    file = (name, cast("IO[bytes]", section), MIME)
    try:
        answer = await client.files.with_raw_response.create(file=file, purpose="fine-tune")
        return _id(json_object(answer, provider), provider)
    except Exception as error:
        raise map_error(error, provider) from error


@dataclass(frozen=True, slots=True)
class _PartedUpload:
    """One upload in parts."""

    client: AsyncOpenAI
    provider: Provider
    path: Path
    total: int
    count: OnBytes
    rules: PartRules

    async def run(self) -> str:
        """Begins, sends the parts, completes; takes the upload back when that does not work out."""
        uploads = self.client.uploads.with_raw_response
        try:
            begun = await uploads.create(
                bytes=self.total, filename=self.path.name, mime_type=MIME, purpose="fine-tune"
            )
            upload_id = _id(json_object(begun, self.provider), self.provider)
        except Exception as error:
            raise map_error(error, self.provider) from error
        try:
            parts = await self._parts(upload_id)
            done = json_object(await uploads.complete(upload_id, part_ids=parts), self.provider)
            return _id(done.get("file"), self.provider)
        except BaseException as error:
            await self._take_back(upload_id, error)
            cause = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error
            if isinstance(cause, Exception):
                raise map_error(cause, self.provider) from error
            raise

    async def _parts(self, upload_id: str) -> list[str]:
        gate = asyncio.Semaphore(self.rules.at_once)
        starts = range(0, self.total, self.rules.size)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._part(upload_id, start, gate)) for start in starts]
        return [task.result() for task in tasks]

    async def _part(self, upload_id: str, start: int, gate: asyncio.Semaphore) -> str:
        stop = min(start + self.rules.size, self.total)
        parts = self.client.uploads.parts.with_raw_response
        async with gate:
            with Section(self.path, start, stop, self.count) as section:
                answer = await parts.create(upload_id, data=("part", cast("IO[bytes]", section)))
        return _id(json_object(answer, self.provider), self.provider)

    async def _take_back(self, upload_id: str, error: BaseException) -> None:
        """Cancels the upload; that this failed too is noted on the error that matters."""
        try:
            await self.client.with_options(timeout=5.0, max_retries=0).uploads.cancel(upload_id)
        except Exception as problem:
            told = map_error(problem, self.provider).message
            error.add_note(f"{told} The upload {upload_id} will expire by itself.")


def _id(body: object, provider: Provider) -> str:
    found = body.get("id") if isinstance(body, dict) else None
    if not isinstance(found, str) or not found:
        raise ProviderUnreachable(f"{provider.name} took the file but gave it no id.")
    return found
