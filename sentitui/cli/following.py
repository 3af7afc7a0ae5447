"""Shows a job until it has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentitui.cli.job_view import JobView
from sentitui.errors import ProviderUnreachable
from sentitui.tuning.follow import follow
from sentitui.tuning.jobs import Job, JobEvent
from sentitui.tuning.patience import Patience

if TYPE_CHECKING:
    from sentitui.providers.provider import Provider
    from sentitui.services import Services


async def follow_shown(
    services: Services, provider: Provider, job_id: str, view: JobView, *, after: str | None = None
) -> Job:
    """Follows and tells; returns the ended job. Raises as `follow`."""

    def failed(error: ProviderUnreachable, seconds: float) -> None:
        view.trouble(error.message, seconds)

    last: Job | None = None
    stream = follow(
        lambda: services.client(provider),
        services.history,
        provider,
        job_id,
        after=after,
        patience=Patience(on_failure=failed),
    )
    async for each in stream:
        if isinstance(each, JobEvent):
            view.event(each)
        else:
            last = each
            view.job(each)
    if last is None:
        raise AssertionError("following ends with the ended job")
    return last
