"""GET /metrics: what the engine counts, for Prometheus; needs the key like everything but /health."""

from __future__ import annotations

import asyncio

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sentitui.engine.services import Services, services


async def metrics(request: Request) -> Response:
    """The metrics of now."""
    content = await asyncio.to_thread(_text, services(request))
    return Response(content, headers={"content-type": CONTENT_TYPE_LATEST})


def _text(here: Services) -> bytes:
    return here.telemetry.text(
        jobs=here.store.jobs.counts(),
        file_bytes=here.store.files.total_bytes(),
        ready=here.inference.state == "ready",
    )


ROUTES = (Route("/metrics", metrics, methods=["GET"]),)
