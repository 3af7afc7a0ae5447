"""Answers as the server's own JSON objects; what is none is a failure to reach the server.

The SDK builds its values without looking: a proxy's page of HTML becomes a `str`, a missing field None. So
objects that we keep are read from the bytes.
"""

from __future__ import annotations

import json
from typing import Any, Protocol

from sentitui import safe
from sentitui.errors import ProviderUnreachable
from sentitui.providers.provider import Provider


class RawAnswer(Protocol):
    """What `with_raw_response` gives."""

    @property
    def content(self) -> bytes:
        """The body."""


def json_object(answer: RawAnswer, provider: Provider) -> dict[str, Any]:
    """The object in an answer. Raises ProviderUnreachable when the body is no JSON object."""
    try:
        body = json.loads(answer.content)
    except ValueError as error:
        shown = safe.line(answer.content[:40].decode("utf-8", "replace"))
        raise ProviderUnreachable(
            f"{provider.name} answered with something that is not JSON: {shown}"
        ) from error
    if not isinstance(body, dict):
        raise ProviderUnreachable(f"{provider.name} answered with JSON that is not an object.")
    return body
