"""Prompt and completion: `{"prompt": "...", "completion": "..."}`, or the same with arrays of messages (TRL).

Texts go over as they are; the separator that legacy prompts end in is taken off or put on when it is given.
"""

from __future__ import annotations

from typing import Any

from sentitui.dataset.convert.forms import Options, Refused
from sentitui.dataset.convert.words import chat, text_at, turns

KEYS = frozenset({"prompt", "completion", "tools"})


def read(data: dict[str, Any], options: Options) -> dict[str, Any]:
    """A chat example."""
    prompt, completion = data.get("prompt"), data.get("completion")
    if data.get("label") is False:
        raise Refused("label is false: TRL marks a completion like that as one not to give")
    if isinstance(prompt, list) and isinstance(completion, list):
        example: dict[str, Any] = {"messages": [*prompt, *completion]}
        return {**example, "tools": data["tools"]} if data.get("tools") else example
    if data.get("tools"):
        raise Refused("tools stand beside a prompt that is not an array of messages")
    question = text_at(data, "prompt")
    if options.separator and not question.endswith(options.separator):
        raise Refused("the prompt does not end in the separator")
    return chat(None, [(question.removesuffix(options.separator), text_at(data, "completion"))])


def write(example: dict[str, Any], options: Options) -> dict[str, Any]:
    """A prompt and its completion; Refused for several rounds, and for an instruction not to be joined."""
    system, rounds = turns(example)
    if len(rounds) > 1:
        raise Refused(f"the conversation has {len(rounds)} rounds, not one")
    question, answer = rounds[0]
    if system is not None:
        if not options.join_system:
            raise Refused("the system message has no place there (--join-system puts it before the prompt)")
        question = f"{system}\n\n{question}"
    return {"prompt": question + options.separator, "completion": answer}
