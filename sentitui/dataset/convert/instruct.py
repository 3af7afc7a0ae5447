"""Changes of an example on request: an instruction where there is none, texts without spaces around."""

from __future__ import annotations

from typing import Any

from sentitui.dataset.convert.words import message

_LISTS = ("preferred_output", "non_preferred_output")


def instructed(example: dict[str, Any], system: str) -> dict[str, Any]:
    """The example with a system message in front, unless it has an instruction already."""
    messages = _messages(example)
    if any(isinstance(m, dict) and m.get("role") in ("system", "developer") for m in messages):
        return example
    return _with_messages(example, [message("system", system), *messages])


def stripped(example: dict[str, Any]) -> dict[str, Any]:
    """The example without white space around what users and assistants say."""
    changed = _with_messages(example, [_strip(m) for m in _messages(example)])
    for key in _LISTS:
        if isinstance(example.get(key), list):
            changed[key] = [_strip(m) for m in example[key]]
    return changed


def _messages(example: dict[str, Any]) -> list[Any]:
    given = example.get("input")
    holder = given if "messages" not in example and isinstance(given, dict) else example
    found = holder.get("messages")
    return found if isinstance(found, list) else []


def _with_messages(example: dict[str, Any], messages: list[Any]) -> dict[str, Any]:
    given = example.get("input")
    if "messages" not in example and isinstance(given, dict):
        return {**example, "input": {**given, "messages": messages}}
    return {**example, "messages": messages}


def _strip(value: Any) -> Any:
    if not isinstance(value, dict) or value.get("role") not in ("user", "assistant"):
        return value
    content = value.get("content")
    return {**value, "content": content.strip()} if isinstance(content, str) else value
