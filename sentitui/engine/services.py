"""What the routes work with, made once when the application is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from starlette.requests import Request

from sentitui.engine.http.gate import Gate
from sentitui.engine.ports import BaseModels, Inference
from sentitui.engine.store import Store
from sentitui.engine.telemetry import Telemetry
from sentitui.engine.worker.requests import JobRequests


@dataclass(frozen=True, slots=True)
class Services:
    """The engine's parts as one value."""

    store: Store
    jobs: JobRequests
    inference: Inference
    bases: BaseModels
    telemetry: Telemetry
    gate: Gate
    fetching: Callable[[], Mapping[str, Any] | None]
    started_at: int


def services(request: Request) -> Services:
    """The services of the application that got this request."""
    return cast(Services, request.app.state.services)
