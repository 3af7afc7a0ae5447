"""Reads jobs and pages of events as the server's own objects, and refuses answers that are neither.

A proxy may answer 200 with a page of HTML or half a body: that is a failure to reach the server, not an
answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentitui.errors import ProviderUnreachable
from sentitui.providers.answers import json_object
from sentitui.providers.mapping import map_error
from sentitui.providers.provider import Provider

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_SECONDS = 20.0  # a poll that takes longer has failed; the SDK's own 600 s would hide it


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list in the server's order; ids are unique within it."""

    items: tuple[Mapping[str, Any], ...]
    has_more: bool

    @property
    def ids(self) -> list[str]:
        """The ids in order."""
        return [str(item["id"]) for item in self.items]


async def read_job(client: AsyncOpenAI, provider: Provider, job_id: str) -> dict[str, Any]:
    """The job's object. Raises ProviderUnreachable when that is worth another try, else ProviderRefused."""
    patient = client.with_options(timeout=_SECONDS, max_retries=0)
    try:
        answer = await patient.fine_tuning.jobs.with_raw_response.retrieve(job_id)
    except Exception as error:
        raise map_error(error, provider) from error
    body = json_object(answer, provider)
    if body.get("id") != job_id:
        raise ProviderUnreachable(f"{provider.name} answered with something that is not job {job_id}.")
    return body


async def read_events(
    client: AsyncOpenAI, provider: Provider, job_id: str, after: str | None, limit: int
) -> Page:
    """A page of the job's events, the first one after `after` in the server's order. Raises as `read_job`."""
    patient = client.with_options(timeout=_SECONDS, max_retries=0)
    try:
        jobs = patient.fine_tuning.jobs.with_raw_response
        if after is None:
            answer = await jobs.list_events(job_id, limit=limit)
        else:
            answer = await jobs.list_events(job_id, limit=limit, after=after)
    except Exception as error:
        raise map_error(error, provider) from error
    return _page(json_object(answer, provider), provider)


def _page(body: Mapping[str, Any], provider: Provider) -> Page:
    data = body.get("data")
    if not isinstance(data, list) or not all(isinstance(item, dict) and item.get("id") for item in data):
        raise ProviderUnreachable(f"{provider.name} answered with something that is not a list of events.")
    unique = {str(item["id"]): item for item in reversed(data)}  # the first of each id is the one that stays
    # Old gateways leave has_more out: then a page with anything on it may have a next one.
    return Page(tuple(reversed(unique.values())), bool(body.get("has_more", bool(data))))
