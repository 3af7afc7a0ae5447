"""TRL's preferences: `{"prompt": ..., "chosen": ..., "rejected": ...}`, texts or arrays of messages.

Reads explicit prompts and the implicit ones that both conversations begin with (TRL documentation, "Dataset
formats and types"). Writes arrays of messages.
"""

from __future__ import annotations

from typing import Any

from sentitui.dataset.convert.forms import Options, Refused
from sentitui.dataset.convert.words import message, text_at
from sentitui.dataset.json_types import type_name

KEYS = frozenset({"prompt", "chosen", "rejected", "tools"})


def read(data: dict[str, Any], options: Options) -> dict[str, Any]:
    """A preference example."""
    if isinstance(data.get("chosen"), list):
        asked, chosen, rejected = _conversations(data)
    else:
        asked = data["prompt"] if isinstance(data.get("prompt"), list) else [message("user", _prompt(data))]
        chosen, rejected = (message("assistant", text_at(data, key)) for key in ("chosen", "rejected"))
    given: dict[str, Any] = {"messages": asked}
    if data.get("tools"):
        given["tools"] = data["tools"]
    return {"input": given, "preferred_output": [chosen], "non_preferred_output": [rejected]}


def write(example: dict[str, Any], options: Options) -> dict[str, Any]:
    """A TRL entry of message arrays."""
    given = example.get("input")
    if not isinstance(given, dict) or not isinstance(given.get("messages"), list):
        raise Refused("there is no input.messages array")
    for key in given:
        if key not in ("messages", "tools"):
            raise Refused(f"input.{key} has no place there")
    entry = {"prompt": given["messages"]}
    for key, name in (("preferred_output", "chosen"), ("non_preferred_output", "rejected")):
        if not isinstance(example.get(key), list):
            raise Refused(f"{key} is {type_name(example.get(key))}, not an array")
        entry[name] = example[key]
    return {**entry, "tools": given["tools"]} if given.get("tools") else entry


def preferred(example: dict[str, Any]) -> dict[str, Any]:
    """The conversation with its preferred answer."""
    given, answer = example.get("input"), example.get("preferred_output")
    messages = given.get("messages") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(messages, list) or not isinstance(answer, list):
        raise Refused("there is no input.messages array with a preferred_output")
    return {**given, "messages": [*messages, *answer]}


def _prompt(data: dict[str, Any]) -> str:
    if "prompt" not in data:
        raise Refused("there is no prompt, and chosen and rejected are not arrays of messages")
    return text_at(data, "prompt")


def _conversations(data: dict[str, Any]) -> tuple[list[Any], Any, Any]:
    """The question's messages and the two answers, whether or not the question is repeated in the answers."""
    chosen, rejected, prompt = data["chosen"], data.get("rejected"), data.get("prompt")
    if "rejected" not in data:
        raise Refused("there is no rejected")
    if not isinstance(rejected, list):
        raise Refused(f"chosen is an array, but rejected is {type_name(rejected)}")
    shared = 0
    while shared < min(len(chosen), len(rejected)) - 1 and chosen[shared] == rejected[shared]:
        shared += 1
    asked = chosen[:shared]
    if len(chosen) != shared + 1 or len(rejected) != shared + 1:
        raise Refused("chosen and rejected are not one answer each to the same question")
    if isinstance(prompt, list):
        asked = prompt if not asked or asked == prompt else [*prompt, *asked]
    elif isinstance(prompt, str) and not asked:
        asked = [message("user", prompt)]
    elif isinstance(prompt, str) and not any(
        isinstance(m, dict) and m.get("content") == prompt for m in asked
    ):
        raise Refused("the prompt is not what chosen and rejected begin with")
    if not asked:
        raise Refused("there is no prompt, and chosen and rejected begin with nothing in common")
    return asked, chosen[shared], rejected[shared]
