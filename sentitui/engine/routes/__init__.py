"""The API's endpoints, one resource per module: check the request, ask the store, build the answer."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount

from sentitui.engine.routes import chat, checkpoints, events, files, health, jobs, metrics, models, uploads

__all__ = ["ROUTES"]

ROUTES: tuple[BaseRoute, ...] = (
    *health.ROUTES,
    *metrics.ROUTES,
    Mount(
        "/v1",
        routes=[
            *files.ROUTES,
            *uploads.ROUTES,
            *events.ROUTES,
            *checkpoints.ROUTES,
            *jobs.ROUTES,
            *models.ROUTES,
            *chat.ROUTES,
        ],
    ),
)
"""Every endpoint of the engine."""
