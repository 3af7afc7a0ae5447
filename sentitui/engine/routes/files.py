"""/files: upload, list, retrieve, content, delete."""

from __future__ import annotations

import asyncio
import time

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from sentitui.engine import limits
from sentitui.engine.entities import StoredFile
from sentitui.engine.http.form import Form, received_form
from sentitui.engine.names import new_id
from sentitui.engine.responses import objects
from sentitui.engine.responses.errors import bad_request, not_found
from sentitui.engine.routes.lists import fetch_page
from sentitui.engine.services import Services, services
from sentitui.engine.validation.file_request import file_fields
from sentitui.engine.validation.query import order, page_request


async def create(request: Request) -> Response:
    """Keeps an uploaded file; its bytes and its entry are durable before the answer."""
    here = services(request)
    form_of = received_form(request, file="file", limit=limits.FILE_BYTES, folder=here.store.home.incoming)
    async with form_of as form:
        stored = _stored(form)
        await asyncio.to_thread(_keep, here, stored, form)
    return JSONResponse(objects.file(stored))


def _stored(form: Form) -> StoredFile:
    fields = file_fields(form.fields, form.filename, form.bytes)
    now = int(time.time())
    expires = None if fields.seconds is None else now + fields.seconds
    return StoredFile(new_id("file-"), form.filename, fields.purpose, form.bytes, now, expires)


def _keep(here: Services, stored: StoredFile, form: Form) -> None:
    if here.store.files.count() >= limits.FILES:
        raise bad_request("Too many files are kept. Delete some first.", "file", "too_many_files")
    here.store.files.add(stored, form.path)


async def index(request: Request) -> Response:
    """Lists files, newest first unless `order=asc`."""
    query = request.query_params
    wanted = page_request(query, default=limits.PAGE, also=("order", "purpose"))
    ascending, now = order(query), int(time.time())
    files = services(request).store.files
    found = await fetch_page(
        lambda: files.page(
            purpose=query.get("purpose"), after=wanted.after, limit=wanted.limit, ascending=ascending, now=now
        )
    )
    answers = [objects.file(stored) for stored in found.items]
    # The schema wants strings here even when there is nothing to name.
    return JSONResponse(objects.marked_page(answers, has_more=found.has_more, empty=""))


async def retrieve(request: Request) -> Response:
    """One file's description."""
    return JSONResponse(objects.file(await _find(request)))


async def content(request: Request) -> Response:
    """One file's bytes, as they were sent."""
    stored = await _find(request)
    path = services(request).store.files.path(stored.id)
    return FileResponse(path, media_type="application/octet-stream")


async def delete(request: Request) -> Response:
    """Forgets a file; jobs that use it keep their own name of its bytes."""
    stored = await _find(request)
    await asyncio.to_thread(services(request).store.files.delete, stored.id)
    return JSONResponse(objects.deleted(stored.id, "file"))


async def _find(request: Request) -> StoredFile:
    file_id = request.path_params["file_id"]
    found = await asyncio.to_thread(services(request).store.files.get, file_id, int(time.time()))
    if found is None:
        raise not_found("File object", file_id)
    return found


ROUTES = (
    Route("/files", create, methods=["POST"]),
    Route("/files", index, methods=["GET"]),
    Route("/files/{file_id}", retrieve, methods=["GET"]),
    Route("/files/{file_id}", delete, methods=["DELETE"]),
    Route("/files/{file_id}/content", content, methods=["GET"]),
)
