"""The newest report of how far the base model's weights are, for /health."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sentitui.engine.weights import FetchProgress


class WeightsWatch:
    """Listens to fetching and converting; one thread writes, any may read."""

    def __init__(self) -> None:
        self._newest: FetchProgress | None = None

    def listen(self, progress: FetchProgress) -> None:
        """Takes a report."""
        self._newest = progress

    def newest(self) -> Mapping[str, Any] | None:
        """Phase and bytes done and in total (0: not known); None when nothing is on its way."""
        report = self._newest
        if report is None or report.phase == "ready":
            return None
        return {"phase": report.phase, "done": report.done, "total": report.total}
