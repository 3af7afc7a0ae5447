"""What a chat message says, for formats that know only a speaker and a text.

Refuses what such a format would lose: names, weights of 0, tool calls, images.
"""

from __future__ import annotations

from typing import Any

from sentitui.dataset.convert.forms import Refused
from sentitui.dataset.json_types import type_name


def message(role: str, content: str) -> dict[str, Any]:
    """A chat message."""
    return {"role": role, "content": content}


def text_at(data: dict[str, Any], key: str, where: str = "") -> str:
    """The string at a key; Refused names the place and what is there instead."""
    place = f"{where}.{key}" if where else key
    if key not in data:
        raise Refused(f"there is no {place}")
    value = data[key]
    if not isinstance(value, str):
        raise Refused(f"{place} is {type_name(value)}, not a string")
    return value


def said(example: dict[str, Any]) -> list[tuple[str, str]]:
    """The conversation of a chat example as (role, text); Refused when it holds more than that.

    Text parts of one message are joined, which is what a model reads. A weight of 1 is what every answer has.
    """
    _refuse_tools(example)
    messages = example.get("messages")
    if not isinstance(messages, list):
        raise Refused("there is no messages array")
    return [_spoken(value, f"messages[{index}]") for index, value in enumerate(messages)]


def turns(example: dict[str, Any]) -> tuple[str | None, list[tuple[str, str]]]:
    """The instruction, if there is one, and the rounds of (question, answer) after it.

    Refused when the conversation is anything but questions and answers in turn, an instruction before them.
    """
    spoken = said(example)
    system = spoken.pop(0)[1] if spoken and spoken[0][0] == "system" else None
    roles = [role for role, _ in spoken]
    if not spoken or roles != ["user", "assistant"] * (len(roles) // 2):
        raise Refused("the messages are not user and assistant in turn")
    texts = [text for _, text in spoken]
    return system, list(zip(texts[::2], texts[1::2], strict=True))


def chat(system: str | None, rounds: list[tuple[str, str]]) -> dict[str, Any]:
    """A chat example of rounds of (question, answer)."""
    messages = [] if system is None else [message("system", system)]
    for question, answer in rounds:
        messages += [message("user", question), message("assistant", answer)]
    return {"messages": messages}


def _refuse_tools(example: dict[str, Any]) -> None:
    for key in ("tools", "functions", "parallel_tool_calls"):
        if example.get(key):
            raise Refused(f"the key {key!r} has no place there")


def _spoken(value: Any, where: str) -> tuple[str, str]:
    if not isinstance(value, dict):
        raise Refused(f"{where} is {type_name(value)}, not an object")
    role = text_at(value, "role", where)
    if role not in ("system", "user", "assistant"):
        raise Refused(f"{where} has the role {role!r}, which has no place there")
    for key, extra in value.items():
        if key not in ("role", "content") and extra is not None and (key, extra) != ("weight", 1):
            raise Refused(f"{where}.{key} has no place there")
    return role, _content(value, where)


def _content(value: dict[str, Any], where: str) -> str:
    parts = value.get("content")
    if not isinstance(parts, list):
        return text_at(value, "content", where)
    texts = []
    for index, part in enumerate(parts):
        if not isinstance(part, dict) or part.get("type") != "text":
            raise Refused(f"{where}.content[{index}] is not text")
        texts.append(text_at(part, "text", f"{where}.content[{index}]"))
    return "".join(texts)
