"""/fine_tuning/jobs/{id}/checkpoints: the models of a succeeded job's last epochs, newest first."""

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
    """Lists a job's checkpoints; none before it has succeeded."""
    wanted = page_request(request.query_params, default=10)
    job = await find_job(request)
    checkpoints = services(request).store.checkpoints
    found = await fetch_page(lambda: checkpoints.page(job.id, after=wanted.after, limit=wanted.limit))
    answers = list(map(objects.checkpoint, found.items))
    return JSONResponse(objects.marked_page(answers, has_more=found.has_more, empty=None))


ROUTES = (Route("/fine_tuning/jobs/{job_id}/checkpoints", index, methods=["GET"]),)
