"""/uploads: a large file in parts, in any order and in parallel, then put together."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sentitui.engine import limits
from sentitui.engine.entities import Part, StoredFile, Upload
from sentitui.engine.http.body import json_body
from sentitui.engine.http.form import received_form
from sentitui.engine.names import new_id
from sentitui.engine.responses import objects
from sentitui.engine.responses.errors import bad_request, not_found
from sentitui.engine.services import Services, services
from sentitui.engine.validation.fields import Fields
from sentitui.engine.validation.file_request import CompleteRequest, complete_request, upload_request

_COPY = 2**20


async def create(request: Request) -> Response:
    """Opens an upload for an hour."""
    wanted = upload_request(await json_body(request))
    now = int(time.time())
    upload = Upload(
        id=new_id("upload_"),
        filename=wanted.filename,
        purpose=wanted.purpose,
        bytes=wanted.bytes,
        mime_type=wanted.mime_type,
        created_at=now,
        expires_at=now + limits.UPLOAD_SECONDS,
        status="pending",
        file_seconds=wanted.seconds,
        file_id=None,
    )
    await asyncio.to_thread(services(request).store.uploads.add, upload)
    return JSONResponse(objects.upload(upload))


async def add_part(request: Request) -> Response:
    """Keeps one part; durable before the answer."""
    here = services(request)
    upload = await asyncio.to_thread(_pending, here, request.path_params["upload_id"])
    form_of = received_form(request, file="data", limit=limits.PART_BYTES, folder=here.store.home.incoming)
    async with form_of as form:
        Fields(form.fields).only(())
        part = Part(new_id("part_"), upload.id, form.bytes, int(time.time()))
        await asyncio.to_thread(_add_part, here, part, form.path)
    return JSONResponse(objects.part(part))


async def complete(request: Request) -> Response:
    """Puts the named parts together into a file."""
    wanted = complete_request(await json_body(request))
    here = services(request)
    upload, stored = await asyncio.to_thread(_complete, here, request.path_params["upload_id"], wanted)
    return JSONResponse(objects.upload(upload, stored))


async def cancel(request: Request) -> Response:
    """Gives an upload up."""
    here = services(request)
    return JSONResponse(
        objects.upload(await asyncio.to_thread(_cancel, here, request.path_params["upload_id"]))
    )


def _pending(here: Services, upload_id: str) -> Upload:
    upload = here.store.uploads.get(upload_id, int(time.time()))
    if upload is None:
        raise not_found("Upload object", upload_id, "upload_id")
    if upload.status != "pending":
        message = f"Upload {upload_id} is {upload.status}: it takes no more changes."
        raise bad_request(message, "upload_id", "upload_not_pending")
    return upload


def _add_part(here: Services, part: Part, arrived: Path) -> None:
    with here.store.database.transaction():
        upload = _pending(here, part.upload_id)
        before = sum(known.bytes for known in here.store.uploads.parts(upload.id).values())
        if before + part.bytes > upload.bytes:
            message = f"The parts are larger together than the {upload.bytes:,} bytes promised."
            raise bad_request(message, "data", "upload_too_large")
        here.store.uploads.add_part(part, arrived)


def _complete(here: Services, upload_id: str, wanted: CompleteRequest) -> tuple[Upload, StoredFile]:
    upload = _pending(here, upload_id)
    parts = _chosen(here.store.uploads.parts(upload_id), wanted.part_ids, upload)
    now = int(time.time())
    expires = None if upload.file_seconds is None else now + upload.file_seconds
    stored = StoredFile(new_id("file-"), upload.filename, upload.purpose, upload.bytes, now, expires)
    whole = here.store.home.incoming / stored.id
    try:
        digest = _join(here.store.uploads.paths(parts), whole)
        if wanted.md5 is not None and wanted.md5.lower() != digest:
            raise bad_request("The MD5 of the parts together is another one.", "md5", "checksum_mismatch")
        here.store.files.blobs.adopt(whole, stored.id)
    finally:
        whole.unlink(missing_ok=True)
    with here.store.database.transaction():
        _pending(here, upload_id)
        here.store.files.record(stored)
        here.store.uploads.complete(upload_id, stored.id)
    here.store.uploads.drop_parts(upload_id)
    done = here.store.uploads.get(upload_id, now)
    return done or upload, stored


def _chosen(known: dict[str, Part], part_ids: Sequence[str], upload: Upload) -> list[Part]:
    for part_id in part_ids:
        if part_id not in known:
            raise bad_request(f"No such part: {part_id[:200]}", "part_ids", "part_not_found")
    if len(set(part_ids)) != len(part_ids):
        raise bad_request("A part is named twice.", "part_ids", "duplicate_part")
    parts = [known[part_id] for part_id in part_ids]
    total = sum(part.bytes for part in parts)
    if total != upload.bytes:
        message = f"The parts have {total:,} bytes together, but the upload was promised {upload.bytes:,}."
        raise bad_request(message, "part_ids", "upload_size_mismatch")
    return parts


def _join(paths: Sequence[Path], target: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with target.open("wb") as whole:
        for path in paths:
            with path.open("rb") as part:
                while block := part.read(_COPY):
                    digest.update(block)
                    whole.write(block)
    return digest.hexdigest()


def _cancel(here: Services, upload_id: str) -> Upload:
    with here.store.database.transaction():
        _pending(here, upload_id)
        here.store.uploads.cancel(upload_id)
    here.store.uploads.drop_parts(upload_id)
    cancelled = here.store.uploads.get(upload_id, int(time.time()))
    if cancelled is None:
        raise not_found("Upload object", upload_id, "upload_id")
    return cancelled


ROUTES = (
    Route("/uploads", create, methods=["POST"]),
    Route("/uploads/{upload_id}/parts", add_part, methods=["POST"]),
    Route("/uploads/{upload_id}/complete", complete, methods=["POST"]),
    Route("/uploads/{upload_id}/cancel", cancel, methods=["POST"]),
)
