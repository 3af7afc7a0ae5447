"""What the list endpoints share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sentitui.engine.responses.errors import bad_request
from sentitui.engine.store.paging import Page, UnknownCursor

Item = TypeVar("Item")


async def fetch_page(fetch: Callable[[], Page[Item]]) -> Page[Item]:
    """Runs a paging query in a thread. Raises ApiError (400) when `after` names nothing in the list."""
    try:
        return await asyncio.to_thread(fetch)
    except UnknownCursor as error:
        message = f"Invalid 'after': no item with the id '{str(error)[:200]}' in this list."
        raise bad_request(message, "after", "invalid_value") from error
