"""Query strings of the list endpoints."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from sentitui.engine import limits
from sentitui.engine.responses.errors import bad_request
from sentitui.engine.validation.fields import Fields, wrong_type

_METADATA_KEY = re.compile(r"metadata\[(.*)\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list: up to `limit` items after the id `after`."""

    after: str | None
    limit: int


def page_request(query: QueryParams, *, default: int, also: tuple[str, ...] = ()) -> PageRequest:
    """Reads `after` and `limit` and refuses parameters beyond these and `also`."""
    known = {"after", "limit", *also}
    for name in query:
        if name not in known and not ("metadata" in also and _METADATA_KEY.fullmatch(name)):
            raise bad_request(f"Unrecognized request argument supplied: {name}", name, "unknown_parameter")
    return PageRequest(query.get("after"), _limit(query.get("limit"), default))


def order(query: QueryParams) -> bool:
    """Whether `order` asks for the oldest first."""
    return Fields(dict(query)).choice("order", ("asc", "desc")) == "asc"


def metadata_filter(query: QueryParams) -> tuple[dict[str, str] | None, bool]:
    """The pairs of `metadata[key]=value`, and whether `metadata=null` asks for jobs without any."""
    pairs = {}
    for name, value in query.multi_items():
        match = _METADATA_KEY.fullmatch(name)
        if match is not None:
            pairs[match[1]] = value
    if "metadata" not in query:
        return pairs or None, False
    if query["metadata"] != "null" or pairs:
        raise bad_request(
            "'metadata' is filtered as metadata[key]=value, or as null.", "metadata", "invalid_value"
        )
    return None, True


def _limit(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise wrong_type("limit", "an integer", text)
    limit = Fields({"limit": int(text)}).integer("limit", 1, limits.PAGE)
    return default if limit is None else limit
