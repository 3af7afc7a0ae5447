"""One chat message of an example, as a read-only view.

Owns how a message is read (text, tool calls); refuses nothing: whatever JSON stands in the file has a
view, and the rules say what is wrong with it. Changing a message is a splice of the line
(`message_edits`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """A message: `role` ("" when missing or not a string), `content` as decoded, and everything in `raw`."""

    role: str
    content: Any
    raw: Mapping[str, Any]

    @classmethod
    def of(cls, value: object) -> Message:
        """The view of any JSON value; one that is not an object has no role, and itself as content."""
        if not isinstance(value, dict):
            return cls("", value, {})
        role = value.get("role")
        return cls(role if isinstance(role, str) else "", value.get("content"), value)

    @property
    def text(self) -> str:
        """The words of the message: the content, or its text parts joined; "" when there are none."""
        if isinstance(self.content, str):
            return self.content
        if not isinstance(self.content, list):
            return ""
        texts = (part.get("text") for part in self.content if isinstance(part, dict))
        return "".join(text for text in texts if isinstance(text, str))

    @property
    def tool_calls(self) -> tuple[Mapping[str, Any], ...]:
        """The tool calls that are objects, in order."""
        calls = self.raw.get("tool_calls")
        return tuple(call for call in calls if isinstance(call, dict)) if isinstance(calls, list) else ()
