"""The formats that files are converted from and to, how they are recognised, what a conversion may be told.

Two kinds of examples exist: conversations and preferences. Within a kind everything converts to everything; a
preference becomes a conversation by taking its preferred answer, and a conversation never a preference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Form(StrEnum):
    """A format on disk."""

    CHAT = "chat"
    SHAREGPT = "sharegpt"
    ALPACA = "alpaca"
    COMPLETION = "completion"
    CSV = "csv"
    TSV = "tsv"
    PREFERENCE = "preference"
    TRL = "trl"

    @property
    def is_table(self) -> bool:
        """Whether its lines are cells."""
        return self in (Form.CSV, Form.TSV)

    @property
    def is_preference(self) -> bool:
        """Whether its examples hold a preferred and a rejected answer (a table may, too)."""
        return self in (Form.PREFERENCE, Form.TRL)


class Refused(Exception):  # noqa: N818 - it names what happened to one entry
    """One entry that cannot be said in the other format, and why; caught for each entry, never shown raw."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a conversion may be told.

    `system`: the instruction for examples that have none. `strip`: take white space off both ends of what
    users and assistants say. `separator`: the end of every legacy prompt, taken off on import and put on on
    export. `join_system`: put the instruction before the prompt where the other format has no place for it.
    The columns name a table's columns (None: guessed from its header); without `header` they are called 1,
    2, 3...
    """

    system: str | None = None
    strip: bool = False
    separator: str = ""
    join_system: bool = False
    user_column: str | None = None
    answer_column: str | None = None
    system_column: str | None = None
    header: bool = True
    encoding: str | None = None


DEFAULTS = Options()

_MARKS = (
    (Form.PREFERENCE, {"preferred_output"}),
    (Form.TRL, {"chosen", "rejected"}),
    (Form.CHAT, {"messages"}),
    (Form.SHAREGPT, {"conversations"}),
    (Form.SHAREGPT, {"conversation"}),
    (Form.ALPACA, {"instruction", "output"}),
    (Form.COMPLETION, {"prompt", "completion"}),
)


def recognise(data: Mapping[str, Any]) -> Form | None:
    """The format that an example's keys show, or None."""
    return next((form for form, keys in _MARKS if keys <= data.keys()), None)
