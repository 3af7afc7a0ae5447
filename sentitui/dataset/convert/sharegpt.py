"""ShareGPT: `{"conversations": [{"from": "human", "value": ...}, {"from": "gpt", ...}]}`.

Reads the dialects in use: `conversation` for the key, `role` and `content` inside, `system` and `tools`
beside the conversation, `function_call` and `observation` turns (LLaMA-Factory's README). Writes human, gpt
and system turns.
"""

from __future__ import annotations

import json
from typing import Any

from sentitui.dataset.convert.forms import Options, Refused
from sentitui.dataset.convert.words import message, said, text_at
from sentitui.dataset.json_types import type_name

KEYS = frozenset({"conversations", "conversation", "system", "tools"})

_ROLES = {
    **dict.fromkeys(("human", "user"), "user"),
    **dict.fromkeys(("gpt", "assistant", "chatgpt", "bing", "bard", "model", "bot"), "assistant"),
    "system": "system",
    **dict.fromkeys(("function_call", "function"), "call"),
    **dict.fromkeys(("observation", "tool"), "result"),
}
_NAMES = {"user": "human", "assistant": "gpt", "system": "system"}


def read(data: dict[str, Any], options: Options) -> dict[str, Any]:
    """A chat example."""
    key = "conversations" if "conversations" in data else "conversation"
    turns = data.get(key)
    if not isinstance(turns, list):
        raise Refused(f"{key} is {type_name(turns)}, not an array")
    messages: list[dict[str, Any]] = []
    if data.get("system"):
        messages.append(message("system", text_at(data, "system")))
    calls = _Calls()
    for index, turn in enumerate(turns):
        messages.append(_message(turn, f"{key}[{index}]", calls))
    example: dict[str, Any] = {"messages": messages}
    if data.get("tools"):
        example["tools"] = _tools(data["tools"])
    return example


def write(example: dict[str, Any], options: Options) -> dict[str, Any]:
    """A ShareGPT entry; Refused for tools, names, weights of 0 and images."""
    return {"conversations": [{"from": _NAMES[role], "value": text} for role, text in said(example)]}


class _Calls:
    """Makes ids for tool calls and pairs results with them in order (the format itself has no ids)."""

    def __init__(self) -> None:
        self._made = 0
        self._open: list[str] = []

    def new(self) -> str:
        self._made += 1
        # Nine letters and digits: what the strictest provider (Mistral) takes.
        self._open.append(f"call{self._made:05d}")
        return self._open[-1]

    def answered(self, where: str) -> str:
        if not self._open:
            raise Refused(f"{where} is the result of a call that was not made")
        return self._open.pop(0)


def _message(turn: Any, where: str, calls: _Calls) -> dict[str, Any]:
    if not isinstance(turn, dict):
        raise Refused(f"{where} is {type_name(turn)}, not an object")
    speaker, value = ("from", "value") if "from" in turn else ("role", "content")
    for key, extra in turn.items():
        if key not in (speaker, value, "weight") and extra is not None:
            raise Refused(f"{where}.{key} has no place in a chat message")
    name = text_at(turn, speaker, where)
    role = _ROLES.get(name.strip().lower())
    text = text_at(turn, value, where)
    if role is None:
        raise Refused(f"{where}.{speaker} is {name!r}: not human, gpt, system, function_call or observation")
    if role == "call":
        return {
            "role": "assistant",
            "tool_calls": [_call(call, where, calls) for call in _calls(text, where)],
        }
    if role == "result":
        return {"role": "tool", "tool_call_id": calls.answered(where), "content": text}
    return {**message(role, text), **_weight(turn, role, where)}


def _weight(turn: dict[str, Any], role: str, where: str) -> dict[str, int]:
    """Whether an answer is learnt, where a turn says so in the chat format's own way."""
    weight = turn.get("weight")
    if weight is None:
        return {}
    if weight not in (0, 1) or role != "assistant":
        raise Refused(f"{where}.weight is {weight!r} on a {role} turn: only 0 or 1 on gpt turns goes over")
    return {"weight": int(weight)}


def _calls(text: str, where: str) -> list[Any]:
    value = _json(text, where)
    return value if isinstance(value, list) else [value]


def _call(value: Any, where: str, calls: _Calls) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or "arguments" not in value:
        raise Refused(f"{where} is a call without name and arguments")
    arguments = value["arguments"]
    spelled = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return {
        "id": calls.new(),
        "type": "function",
        "function": {"name": value["name"], "arguments": spelled},
    }


def _tools(value: Any) -> list[Any]:
    """The declared tools in the chat format's shape: `{"type": "function", "function": {...}}`."""
    tools = _json(value, "tools") if isinstance(value, str) else value
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise Refused("tools is not an array of objects")
    return [tool if "function" in tool else {"type": "function", "function": tool} for tool in tools]


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(f"{where} should be JSON: {error}") from error
