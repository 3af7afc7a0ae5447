"""GET /health: whether the engine answers and its model is ready; open to anyone who can connect."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sentitui import __version__
from sentitui.engine.services import services


async def health(request: Request) -> Response:
    """Says that the server lives and how far the model is; tells nothing private."""
    here = services(request)
    error = here.inference.error
    return JSONResponse(
        {
            "status": "ok",
            "version": __version__,
            "model": here.inference.state,
            "error": None if error is None else f"{error.message} {error.hint}".strip(),
            "progress": here.fetching(),
        }
    )


ROUTES = (Route("/health", health, methods=["GET"]),)
