"""How the prompt and the completion of a legacy example end, as one short text that can be counted.

A short completion is kept whole, so that labels can be told from sentences; of a longer one only its last
character is kept. The text ends with the completion's last character in either case.
"""

from __future__ import annotations

from typing import Any

from sentitui.dataset.example import LABEL_LENGTH


def pack(prompt: Any, completion: Any) -> str | None:
    """The ends of an example as a text; None unless both are strings and the completion is not empty."""
    if not isinstance(prompt, str) or not isinstance(completion, str) or not completion:
        return None
    before = f"p{prompt[-1]}" if prompt else "e"
    return f"{before}s{completion}" if len(completion) <= LABEL_LENGTH else f"{before}l{completion[-1]}"


def prompt_end(packed: str) -> str:
    """The last character of the prompt; "" when it was empty."""
    return packed[1] if packed[0] == "p" else ""


def label(packed: str) -> str | None:
    """The completion itself when it is short, else None."""
    at = 2 if packed[0] == "p" else 1
    return packed[at + 1 :] if packed[at] == "s" else None
