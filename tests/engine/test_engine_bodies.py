"""Bodies in pieces: however the bytes are cut, the same form; too slow or cut off, nothing left behind."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from sentitui.engine import limits
from sentitui.engine.http.form import Form, received_form
from sentitui.engine.responses.errors import ApiError
from tests.engine.engine_client import Engine

HEAD = b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--x\r\n'
FILE = b'Content-Disposition: form-data; name="file"; filename="a"\r\n\r\n'


def request(pieces: list[bytes], *, whole: bool = True, stall: bool = False) -> Request:
    """A request whose body arrives in these pieces and then ends, breaks off or stalls."""

    async def messages() -> AsyncIterator[Message]:
        for piece in pieces:
            yield {"type": "http.request", "body": piece, "more_body": True}
        if stall:
            await asyncio.Event().wait()
        yield {"type": "http.request", "body": b""} if whole else {"type": "http.disconnect"}

    coming = messages()

    async def receive() -> Message:
        return await anext(coming)

    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/", "headers": headers}
    return Request(scope, receive)


async def receive_form(one: Request, folder: Path) -> tuple[Form, bytes]:
    """The form and its file's bytes."""
    async with received_form(one, file="file", limit=10_000, folder=folder) as form:
        return form, form.path.read_bytes()


def left_in(folder: Path) -> list[Path]:
    """What is still there."""
    return list(folder.iterdir())


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=300), cuts=st.lists(st.integers(0, 500), max_size=8))
def test_however_a_form_is_cut_it_reads_the_same(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, cuts: list[int]
) -> None:
    """Boundaries inside a piece, across pieces, content that looks like a boundary."""
    folder = tmp_path_factory.mktemp("form")
    body = HEAD + FILE + content.replace(b"\r\n--x", b"") + b"\r\n--x--\r\n"
    edges = [0, *sorted(cut for cut in cuts if cut < len(body)), len(body)]
    pieces = [body[start:end] for start, end in pairwise(edges)]
    form, kept = asyncio.run(receive_form(request(pieces), folder))
    assert kept == content.replace(b"\r\n--x", b"")
    assert (form.filename, form.bytes, form.fields) == ("a", len(kept), {"purpose": "batch"})
    assert list(folder.iterdir()) == []


async def test_a_client_that_stalls_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """408 after the limit, and the half file is gone."""
    monkeypatch.setattr(limits, "STALL_SECONDS", 0.01)
    with pytest.raises(ApiError) as caught:
        await receive_form(request([HEAD + FILE + b"half"], stall=True), tmp_path)
    assert caught.value.status == 408
    assert left_in(tmp_path) == []


async def test_a_client_that_leaves_takes_its_bytes_along(tmp_path: Path) -> None:
    """Nothing of a broken-off body stays."""
    with pytest.raises(ClientDisconnect):
        await receive_form(request([HEAD + FILE + b"half"], whole=False), tmp_path)
    assert left_in(tmp_path) == []


async def test_form_fields_stay_small(tmp_path: Path) -> None:
    """A field is no way to fill the memory."""
    big = b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n' + b"z" * 70_000
    with pytest.raises(ApiError) as caught:
        await receive_form(request([big]), tmp_path)
    assert caught.value.status == 413


def test_parts_may_arrive_in_parallel(engine: Engine) -> None:
    """Eight at once: all kept, in the order of completion, and no more than was promised."""
    client = engine.client
    pieces = [bytes([65 + number]) * 50_000 for number in range(8)]
    upload = client.uploads.create(
        bytes=400_000, filename="a.jsonl", mime_type="text/jsonl", purpose="fine-tune"
    )
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda piece: client.uploads.parts.create(upload.id, data=piece).id, pieces))
    done = client.uploads.complete(upload.id, part_ids=ids)
    assert done.file is not None
    assert client.files.content(done.file.id).read() == b"".join(pieces)


def test_jobs_created_in_parallel_are_all_kept(engine: Engine) -> None:
    """No two share an id or an event."""
    training = engine.upload({"epochs": 1, "steps": 1})
    jobs = engine.client.fine_tuning.jobs
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(
                lambda _: jobs.create(model="smollm2-135m-instruct", training_file=training).id, range(16)
            )
        )
    assert len(set(made)) == 16
    assert {engine.ended(job_id).status for job_id in made} == {"succeeded"}
    ids = [event.id for job_id in made for event in engine.events(job_id)]
    assert len(ids) == len(set(ids)) == 16 * 7


class Zeros(io.RawIOBase):
    """A readable of `size` bytes that takes no memory, with line ends in it."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        count = self._left if size < 0 else min(size, self._left)
        self._left -= count
        return (b"0" * max(count - 1, 0) + b"\n")[:count]


@pytest.mark.slow
def test_a_large_file_is_never_in_memory(engine: Engine) -> None:
    """Receiving and sending 400 MB does not raise the server's peak memory by a tenth of that."""
    before = peak_memory(engine)
    size = 400_000_000
    answer = engine.http(
        "POST", "/files", files={"file": ("a.jsonl", Zeros(size))}, data={"purpose": "fine-tune"}, timeout=300
    )
    stored = answer.json()
    assert stored["bytes"] == size
    received = 0
    with engine.client.files.with_streaming_response.content(stored["id"]) as content:
        for chunk in content.iter_bytes():
            received += len(chunk)
    assert received == size
    engine.client.files.delete(stored["id"])
    assert peak_memory(engine) - before < size / 10


def peak_memory(engine: Engine) -> int:
    """The most bytes that the server has ever held in memory."""
    status = Path(f"/proc/{engine.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
