"""The four formats of a training file, and which one a decoded line has.

Detection looks at the keys alone, so that a broken example is still told what is wrong with it in its own
format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any


class Format(StrEnum):
    """A training file's format."""

    CHAT = "chat"
    PREFERENCE = "preference"
    REINFORCEMENT = "reinforcement"
    COMPLETION = "completion"


_PREFERENCE_KEYS = frozenset({"preferred_output", "non_preferred_output"})
_CHAT_KEYS = frozenset({"messages", "tools", "functions", "parallel_tool_calls", "weight"})


def detect(data: Mapping[str, Any]) -> Format | None:
    """The format that one example's keys say, or None when they say nothing.

    A line with columns beside its messages whose last message is not an answer is reinforcement: its answer
    lives in the columns that a grader reads.
    """
    if _PREFERENCE_KEYS & data.keys():
        return Format.PREFERENCE
    if "messages" in data:
        return Format.REINFORCEMENT if _is_reinforcement(data) else Format.CHAT
    if "prompt" in data or "completion" in data:
        return None if {"chosen", "rejected"} & data.keys() else Format.COMPLETION
    return Format.PREFERENCE if isinstance(data.get("input"), dict) else None


def of_line(data: Mapping[str, Any], file_format: Format) -> Format:
    """The format to check one line of a file by: its own where its keys say one, else the file's.

    Chat and reinforcement look alike line by line, so there the file decides.
    """
    alike = {Format.CHAT, Format.REINFORCEMENT}
    found = detect(data) or file_format
    return file_format if {found, file_format} <= alike else found


def detect_all(examples: Iterable[Mapping[str, Any]]) -> Format:
    """The format of a file from its first examples: the most frequent one; chat when nothing tells."""
    counts = dict.fromkeys(Format, 0)
    for data in examples:
        found = detect(data)
        if found is not None:
            counts[found] += 1
    return max(counts, key=lambda known: counts[known])


def _is_reinforcement(data: Mapping[str, Any]) -> bool:
    messages = data["messages"]
    if not isinstance(messages, list) or not messages or not isinstance(messages[-1], dict):
        return False
    columns = data.keys() - _CHAT_KEYS
    return bool(columns) and messages[-1].get("role") == "user"
