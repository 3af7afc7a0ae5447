"""The ASGI application: routes inside the guard inside the envelope, and what lives as long as it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from sentitui.engine.http.envelope import Envelope
from sentitui.engine.http.guard import Guard
from sentitui.engine.responses.errors import ApiError
from sentitui.engine.routes import ROUTES
from sentitui.engine.services import Services
from sentitui.engine.worker.loop import SupervisorThread
from sentitui.engine.worker.supervisor import Supervisor


def create_app(services: Services, supervisor: Supervisor, *, api_key: str, host: str) -> Starlette:
    """The whole engine behind one ASGI callable; `host` is the address that is listened on."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        services.inference.start()
        supervising = SupervisorThread(supervisor, services.store)
        supervising.start()
        try:
            yield
        finally:
            await asyncio.to_thread(supervising.stop)
            services.inference.close()

    app = Starlette(
        routes=list(ROUTES),
        middleware=[
            Middleware(Envelope, telemetry=services.telemetry),
            Middleware(Guard, api_key=api_key, host=host),
        ],
        exception_handlers={HTTPException: _no_route},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.services = services
    return app


async def _no_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    what = f"{request.method} {request.url.path[:200]}"
    if status == 405:
        message = f"Not allowed to {request.method} on {request.url.path[:200]}."
        return ApiError(405, message, code="method_not_supported").response()
    if status == 404:
        return ApiError(404, f"Invalid URL ({what})", code="unknown_url").response()
    return ApiError(status, f"The request could not be served ({what}).").response()
