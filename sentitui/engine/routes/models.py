"""/models: the base models and every tuned one. A name may hold slashes, encoded (%2F) or plain."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sentitui.engine.responses import objects
from sentitui.engine.responses.errors import bad_request, unknown_model
from sentitui.engine.services import Services, services
from sentitui.engine.worker.removal import ModelInUse, remove_tuned


async def index(request: Request) -> Response:
    """Lists all models, tuned ones first (newest first); never in pages."""
    here = services(request)
    tuned = [objects.tuned_model(model) for model in await asyncio.to_thread(here.store.models.all)]
    bases = [objects.base_model(name, here.started_at) for name in here.bases.names()]
    return JSONResponse({"object": "list", "data": tuned + bases})


async def retrieve(request: Request) -> Response:
    """One model."""
    here, name = services(request), request.path_params["model"]
    tuned = await asyncio.to_thread(here.store.models.get, name)
    if tuned is not None:
        return JSONResponse(objects.tuned_model(tuned))
    if name not in here.bases.names():
        raise unknown_model(name)
    return JSONResponse(objects.base_model(name, here.started_at))


async def delete(request: Request) -> Response:
    """Forgets a tuned model and its weights."""
    here, name = services(request), request.path_params["model"]
    await asyncio.to_thread(_delete, here, name)
    return JSONResponse(objects.deleted(name, "model"))


def _delete(here: Services, name: str) -> None:
    if name in here.bases.names():
        raise bad_request("Base models cannot be deleted here.", "model", "model_not_deletable")
    try:
        found = remove_tuned(here.store, name)
    except ModelInUse as error:
        raise bad_request(error.message, "model", "model_in_use") from error
    if not found:
        raise unknown_model(name)


ROUTES = (
    Route("/models", index, methods=["GET"]),
    Route("/models/{model:path}", retrieve, methods=["GET"]),
    Route("/models/{model:path}", delete, methods=["DELETE"]),
)
