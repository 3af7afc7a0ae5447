"""Where the final answer and the system text of a line are, for repairs."""

from __future__ import annotations

from typing import Any

from sentitui.dataset.rules.repairs import value_at


def answer_path(line: bytes) -> str | None:
    """The path of the text of the final answer (a last assistant message, or a completion)."""
    messages = value_at(line, "messages")
    if isinstance(messages, list) and messages:
        return f"messages[{len(messages) - 1}].content" if _role(messages[-1]) == "assistant" else None
    return "completion" if isinstance(value_at(line, "completion"), str) else None


def system_path(line: bytes) -> str | None:
    """The path of the text of the first system or developer message."""
    messages = value_at(line, "messages")
    for i, message in enumerate(messages if isinstance(messages, list) else ()):
        if _role(message) in ("system", "developer"):
            return f"messages[{i}].content"
    return None


def _role(message: Any) -> Any:
    return message.get("role") if isinstance(message, dict) else None
