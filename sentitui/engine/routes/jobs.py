"""/fine_tuning/jobs: create, list, retrieve, cancel, pause, resume."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sentitui.engine.entities import Job
from sentitui.engine.http.body import json_body
from sentitui.engine.responses import objects
from sentitui.engine.responses.errors import not_found
from sentitui.engine.routes.lists import fetch_page
from sentitui.engine.services import services
from sentitui.engine.validation.job_request import job_request
from sentitui.engine.validation.query import metadata_filter, page_request


async def create(request: Request) -> Response:
    """Queues a job; it is durable before the answer."""
    wanted = job_request(await json_body(request))
    job = await asyncio.to_thread(services(request).jobs.create, wanted)
    return JSONResponse(objects.job(job))


async def index(request: Request) -> Response:
    """Lists jobs, newest first, all or those with some metadata."""
    query = request.query_params
    wanted = page_request(query, default=20, also=("metadata",))
    pairs, without = metadata_filter(query)
    jobs = services(request).store.jobs
    found = await fetch_page(
        lambda: jobs.page(metadata=pairs, without_metadata=without, after=wanted.after, limit=wanted.limit)
    )
    return JSONResponse(objects.page(list(map(objects.job, found.items)), has_more=found.has_more))


async def retrieve(request: Request) -> Response:
    """One job as it is now."""
    return JSONResponse(objects.job(await find_job(request)))


async def cancel(request: Request) -> Response:
    """Ends a job."""
    return await _change(request, services(request).jobs.cancel)


async def pause(request: Request) -> Response:
    """Holds a job after its current step."""
    return await _change(request, services(request).jobs.pause)


async def resume(request: Request) -> Response:
    """Lets a paused job go on."""
    return await _change(request, services(request).jobs.resume)


async def _change(request: Request, change: Callable[[str], Job]) -> Response:
    return JSONResponse(objects.job(await asyncio.to_thread(change, request.path_params["job_id"])))


async def find_job(request: Request) -> Job:
    """The job that the path names. Raises ApiError (404)."""
    job_id = request.path_params["job_id"]
    job = await asyncio.to_thread(services(request).store.jobs.get, job_id)
    if job is None:
        raise not_found("fine-tuning job", job_id, "fine_tuning_job_id")
    return job


ROUTES = (
    Route("/fine_tuning/jobs", create, methods=["POST"]),
    Route("/fine_tuning/jobs", index, methods=["GET"]),
    Route("/fine_tuning/jobs/{job_id}", retrieve, methods=["GET"]),
    Route("/fine_tuning/jobs/{job_id}/cancel", cancel, methods=["POST"]),
    Route("/fine_tuning/jobs/{job_id}/pause", pause, methods=["POST"]),
    Route("/fine_tuning/jobs/{job_id}/resume", resume, methods=["POST"]),
)
