"""How the prompt and the completion of a legacy example end, as one short text that can be counted.

A short completion is kept whole, so that labels can be told from sentences; of a longer one only its last
character is kept.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sentitui.dataset.example import LABEL_LENGTH


class Ends(NamedTuple):
    """The last character of a prompt ("" when it is empty), that of its completion, and the completion itself
    when it is short."""

    prompt: str
    completion: str
    label: str | None


def pack(prompt: Any, completion: Any) -> str | None:
    """The ends of an example as a text; None unless both are strings and the completion is not empty."""
    if not isinstance(prompt, str) or not isinstance(completion, str) or not completion:
        return None
    before = f"p{prompt[-1]}" if prompt else "e"
    return f"{before}s{completion}" if len(completion) <= LABEL_LENGTH else f"{before}l{completion[-1]}"


def unpack(packed: str) -> Ends:
    """The ends that a text of `pack` stands for."""
    at = 2 if packed[0] == "p" else 1
    completion = packed[at + 1 :]
    return Ends(packed[1:at], completion[-1], completion if packed[at] == "s" else None)
