"""Pages by cursor: the items after a known one, in order of a sequence number.

A cursor names an item, not a position, so items that arrive while a client walks the pages shift nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sentitui.engine.store.database import Database

Item = TypeVar("Item")


class UnknownCursor(Exception):  # noqa: N818 - it names what happened
    """`after` names nothing in this list."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items in order, and whether more follow."""

    items: tuple[Item, ...]
    has_more: bool


def page(
    database: Database,
    table: str,
    *,
    where: str = "1",
    parameters: Sequence[Any] = (),
    after: str | None,
    limit: int,
    ascending: bool = False,
) -> Page[sqlite3.Row]:
    """The entries after the id `after`, newest first unless `ascending`. Raises UnknownCursor."""
    compare, order = (">", "ASC") if ascending else ("<", "DESC")
    condition, values = f"({where})", list(parameters)
    if after is not None:
        condition += f" AND sequence {compare} ?"
        values.append(_sequence(database, table, where, parameters, after))
    query = f"SELECT * FROM {table} WHERE {condition} ORDER BY sequence {order} LIMIT ?"  # noqa: S608 - our own names
    found = database.all(query, [*values, limit + 1])
    return Page(tuple(found[:limit]), len(found) > limit)


def _sequence(database: Database, table: str, where: str, parameters: Sequence[Any], after: str) -> int:
    query = f"SELECT sequence FROM {table} WHERE ({where}) AND id = ?"  # noqa: S608 - our own names
    found = database.one(query, [*parameters, after])
    if found is None:
        raise UnknownCursor(after)
    return int(found["sequence"])
