"""The messages and tools of a chat request, as far as a text model can use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sentitui.engine import limits
from sentitui.engine.responses.errors import bad_request
from sentitui.engine.validation.fields import Fields, wrong_type

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")


def checked_messages(fields: Fields) -> list[dict[str, Any]]:
    """The messages with text contents: parts of text are joined, other parts refused.

    "developer" is what newer OpenAI models call "system"; chat templates know only the latter.
    """
    messages = fields.array("messages") or []
    if not messages:
        message = "Invalid 'messages': empty array. Expected an array with minimum length 1."
        raise bad_request(message, "messages", "empty_array")
    if len(messages) > limits.MESSAGES:
        message = f"Invalid 'messages': array too long. Expected at most {limits.MESSAGES} messages."
        raise bad_request(message, "messages", "array_above_max_length")
    return [_message(value, f"messages[{index}]") for index, value in enumerate(messages)]


def checked_tools(fields: Fields) -> list[Mapping[str, Any]] | None:
    """The function tools, unless `tool_choice` is "none"; forcing a call is refused."""
    fields.boolean("parallel_tool_calls")
    tools = fields.array("tools")
    choice = fields.value("tool_choice")
    if choice is not None and choice not in ("none", "auto"):
        message = "This engine cannot force a tool call: 'tool_choice' may be 'none' or 'auto'."
        raise bad_request(message, "tool_choice", "unsupported_value")
    for index, tool in enumerate(tools or []):
        _check_tool(Fields(tool, f"tools[{index}]"))
    return None if choice == "none" or not tools else tools


def _check_tool(tool: Fields) -> None:
    tool.require("type")
    tool.choice("type", ("function",))
    tool.require("function")
    function = tool.object("function")
    if function is not None:
        function.require("name")
        function.text("name", shortest=1, longest=64)


def _message(value: Any, path: str) -> dict[str, Any]:
    fields = Fields(value, path)
    fields.require("role")
    role = fields.choice("role", _ROLES)
    content = _content(fields)
    if content is None and role != "assistant":
        fields.require("content")
    if content is None and not fields.has("tool_calls") and not fields.has("function_call"):
        fields.require("content")
    message: dict[str, Any] = {"role": "system" if role == "developer" else role, "content": content}
    for name in ("tool_calls", "tool_call_id", "name"):
        if fields.has(name):
            message[name] = fields.value(name)
    return message


def _content(fields: Fields) -> str | None:
    value = fields.value("content")
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise wrong_type(fields.path("content"), "a string or an array", value)
    return "".join(_part(part, f"{fields.path('content')}[{index}]") for index, part in enumerate(value))


def _part(value: Any, path: str) -> str:
    part = Fields(value, path)
    part.require("type")
    kind = part.text("type")
    if kind not in ("text", "refusal"):
        message = f"Invalid content type: '{str(kind)[:50]}'. This engine's models read text only."
        raise bad_request(message, part.path("type"), "unsupported_value")
    part.require(kind)
    return part.text(kind) or ""
