"""Edits of the conversation in a line: line in, line out, every other byte kept.

The conversation is at `at` (Example.messages_path: ("messages",), or ("input", "messages") in preferences).
Indices are 0-based elements of that array. Refuses (DatasetError) what would lose something unsaid.
"""

from __future__ import annotations

from sentitui.dataset import codec
from sentitui.dataset.example import CHAT_PATH
from sentitui.errors import DatasetError

At = tuple[str, ...]


def set_message_content(line: bytes, index: int, text: str, *, at: At = CHAT_PATH) -> bytes:
    """The line with another text in message `index`.

    Content of one text part keeps its shape; content of several parts is refused: it would lose others.
    """
    message = _message(line, index, at)
    path: tuple[str | int, ...] = (*at, index, "content")
    if "content" not in message:
        return codec.insert_key(line, path[:-1], "content", text)
    content = message["content"]
    if not isinstance(content, list | dict):
        return codec.replace_value(line, path, text)
    if isinstance(content, list) and len(content) == 1:
        part = content[0]
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            return codec.replace_value(line, (*path, 0, "text"), text)
    raise DatasetError(
        f"Message {index + 1} is made of parts; setting one text would lose the others.",
        "Edit the line as JSON.",
    )


def set_message_role(line: bytes, index: int, role: str, *, at: At = CHAT_PATH) -> bytes:
    """The line with another role in message `index`."""
    if "role" in _message(line, index, at):
        return codec.replace_value(line, (*at, index, "role"), role)
    return codec.insert_key(line, (*at, index), "role", role)


def add_message(line: bytes, index: int, role: str, content: str, *, at: At = CHAT_PATH) -> bytes:
    """The line with a new message before message `index` (the number of messages: at the end)."""
    return codec.insert_item(line, at, index, {"role": role, "content": content})


def delete_message(line: bytes, index: int, *, at: At = CHAT_PATH) -> bytes:
    """The line without message `index`."""
    return codec.delete_value(line, (*at, index))


def move_message(line: bytes, index: int, to: int, *, at: At = CHAT_PATH) -> bytes:
    """The line with message `index` moved so that it is message `to`."""
    return codec.move_item(line, at, index, to)


def _message(line: bytes, index: int, at: At) -> dict[str, object]:
    value: object = codec.decode(line).data
    for key in at:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, list) or not 0 <= index < len(value):
        raise DatasetError(f"There is no message {index + 1} in this line.")
    message = value[index]
    if not isinstance(message, dict):
        raise DatasetError(f"Message {index + 1} is not an object.", "Edit the line as JSON.")
    return message
