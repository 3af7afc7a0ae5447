"""/fine_tuning/jobs/{id}/events: what happened, newest first."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sentitui.engine.responses import objects
from sentitui.engine.routes.jobs import find_job
from sentitui.engine.routes.lists import fetch_page
from sentitui.engine.services import services
from sentitui.engine.validation.query import page_request


async def index(request: Request) -> Response:
    """Lists a job's events."""
    wanted = page_request(request.query_params, default=20)
    job = await find_job(request)
    events = services(request).store.events
    found = await fetch_page(lambda: events.page(job.id, after=wanted.after, limit=wanted.limit))
    return JSONResponse(objects.page(list(map(objects.event, found.items)), has_more=found.has_more))


ROUTES = (Route("/fine_tuning/jobs/{job_id}/events", index, methods=["GET"]),)
