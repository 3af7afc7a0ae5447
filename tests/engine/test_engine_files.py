"""Files and uploads in parts through the official client."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import openai
import pytest

from sentitui.engine.entities import StoredFile
from sentitui.engine.home import Home
from sentitui.engine.store import Store
from tests.engine.engine_client import Engine


def test_a_file_comes_back_byte_for_byte(engine: Engine) -> None:
    """Upload, retrieve, content: the same bytes, name and purpose."""
    content = os.urandom(3_000_000) + b"\r\n--boundary\r\n"
    created = engine.client.files.create(file=("näme.jsonl", content), purpose="fine-tune")
    assert (created.filename, created.bytes, created.status) == ("näme.jsonl", len(content), "processed")
    assert engine.client.files.retrieve(created.id) == created
    assert engine.client.files.content(created.id).read() == content


def test_a_deleted_file_is_gone(engine: Engine) -> None:
    """After deletion every way to it is a 404, and its bytes are gone."""
    file_id = engine.upload()
    assert engine.client.files.delete(file_id).deleted
    for use in (engine.client.files.retrieve, engine.client.files.delete, engine.client.files.content):
        with pytest.raises(openai.NotFoundError):
            use(file_id)
    assert not (engine.home / "files" / file_id).exists()


def test_lists_filter_order_and_page(start_engine: Callable[..., Engine]) -> None:
    """Newest first by default, oldest first on demand, by purpose, page after page without gap or overlap."""
    engine = start_engine()
    client = engine.client
    assert client.files.list().data == []
    ids = [client.files.create(file=(f"{n}.jsonl", b"{}"), purpose="fine-tune").id for n in range(7)]
    other = client.files.create(file=("x.txt", b"x"), purpose="user_data").id
    assert [found.id for found in client.files.list()] == [other, *ids[::-1]]
    assert [found.id for found in client.files.list(order="asc", limit=2)] == [*ids, other]
    assert [found.id for found in client.files.list(purpose="fine-tune", limit=3)] == ids[::-1]
    page = client.files.list(limit=3)
    assert (page.has_more, page.data[0].id, len(page.data)) == (True, other, 3)


def test_what_may_not_be_uploaded(engine: Engine) -> None:
    """Empty files, other formats for fine-tuning, unknown purposes and missing files are refused."""
    bad: list[tuple[tuple[str, bytes], str, str]] = [
        (("a.jsonl", b""), "fine-tune", "The file is empty"),
        (("a.txt", b"x"), "fine-tune", "Must be .jsonl"),
        (("a" * 300 + ".jsonl", b"x"), "fine-tune", "at most 255"),
        (("a.jsonl", b"x"), "nonsense", "Supported values"),
    ]
    for file, purpose, message in bad:
        with pytest.raises(openai.BadRequestError, match=message):
            engine.client.files.create(file=file, purpose=purpose)  # type: ignore[arg-type]  # on purpose
    answer = engine.http("POST", "/files", files={"other": ("a", b"x")}, data={"purpose": "fine-tune"})
    assert answer.json()["error"]["param"] == "file"
    assert list((engine.home / "incoming").iterdir()) == []


def test_expiry_is_checked_and_shown(engine: Engine) -> None:
    """expires_after gives expires_at; out of range is refused with its path."""
    created = engine.client.files.create(
        file=("a.jsonl", b"{}"), purpose="fine-tune", expires_after={"anchor": "created_at", "seconds": 3600}
    )
    assert created.expires_at == created.created_at + 3600
    with pytest.raises(openai.BadRequestError) as caught:
        engine.client.files.create(
            file=("a.jsonl", b"{}"),
            purpose="fine-tune",
            expires_after={"anchor": "created_at", "seconds": 60},
        )
    assert caught.value.param == "expires_after.seconds"


def test_an_expired_file_is_invisible_and_then_removed(tmp_path: Path) -> None:
    """From its last second on a file is not found; the sweep removes its bytes."""
    home = Home(tmp_path)
    home.prepare()
    store = Store(home)
    (home.incoming / "x").write_bytes(b"x")
    store.files.add(StoredFile("file-1", "a", "batch", 1, 100, 200), home.incoming / "x")
    assert store.files.get("file-1", now=199) is not None
    assert store.files.get("file-1", now=200) is None
    assert store.files.page(purpose=None, after=None, limit=9, ascending=False, now=200).items == ()
    store.files.expire(200)
    assert not store.files.path("file-1").exists()
    store.close()


def test_an_upload_in_parts_becomes_a_file(engine: Engine) -> None:
    """Parts in the order of completion, checked by MD5; the parts' own bytes are gone afterwards."""
    client = engine.client
    content = os.urandom(1_000_000)
    upload = client.uploads.create(
        bytes=len(content), filename="big.jsonl", mime_type="text/jsonl", purpose="fine-tune"
    )
    assert upload.status == "pending"
    assert upload.expires_at == upload.created_at + 3600
    second = client.uploads.parts.create(upload.id, data=content[600_000:])
    first = client.uploads.parts.create(upload.id, data=content[:600_000])
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    done = client.uploads.complete(upload.id, part_ids=[first.id, second.id], md5=digest)
    assert done.status == "completed"
    assert done.file is not None
    assert client.files.content(done.file.id).read() == content
    assert list((engine.home / "parts").iterdir()) == []
    with pytest.raises(openai.BadRequestError, match="is completed"):
        client.uploads.cancel(upload.id)


def test_the_clients_own_chunked_upload_works(engine: Engine, tmp_path: Path) -> None:
    """upload_file_chunked of the official client runs unchanged."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"{}\n" * 1000)
    done = engine.client.uploads.upload_file_chunked(
        file=path, mime_type="text/jsonl", purpose="fine-tune", part_size=700
    )
    assert done.file is not None
    assert engine.client.files.content(done.file.id).read() == path.read_bytes()


def test_uploads_that_do_not_add_up(engine: Engine) -> None:
    """Too many bytes, too few, a wrong digest, unknown or repeated parts: 400, and the upload stays open."""
    client = engine.client
    upload = client.uploads.create(bytes=4, filename="a.jsonl", mime_type="text/jsonl", purpose="fine-tune")
    part = client.uploads.parts.create(upload.id, data=b"abc")
    with pytest.raises(openai.BadRequestError, match="larger together"):
        client.uploads.parts.create(upload.id, data=b"de")
    with pytest.raises(openai.BadRequestError, match="promised 4"):
        client.uploads.complete(upload.id, part_ids=[part.id])
    with pytest.raises(openai.BadRequestError, match="named twice"):
        client.uploads.complete(upload.id, part_ids=[part.id, part.id])
    with pytest.raises(openai.BadRequestError, match="No such part"):
        client.uploads.complete(upload.id, part_ids=["part_x"])
    last = client.uploads.parts.create(upload.id, data=b"d")
    with pytest.raises(openai.BadRequestError, match="MD5"):
        client.uploads.complete(upload.id, part_ids=[part.id, last.id], md5="0" * 32)
    assert client.uploads.cancel(upload.id).status == "cancelled"
    with pytest.raises(openai.BadRequestError, match="is cancelled"):
        client.uploads.parts.create(upload.id, data=b"x")
    with pytest.raises(openai.NotFoundError):
        client.uploads.complete("upload_x", part_ids=[])
