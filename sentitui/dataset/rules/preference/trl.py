"""TRL's preference examples (prompt, chosen, rejected) as ours."""

from __future__ import annotations

from typing import Any


def converted(data: Any) -> dict[str, Any] | None:
    """The preference example that a TRL line means; None when it holds anything that has no place there.

    TRL's "standard" form has three strings, its "conversational" form three lists of messages, or no prompt
    and two conversations that differ in their last message (the implicit prompt).
    """
    if not isinstance(data, dict) or not {"chosen", "rejected"} <= data.keys() <= {
        "prompt",
        "chosen",
        "rejected",
    }:
        return None
    good, bad = _messages(data["chosen"], "assistant"), _messages(data["rejected"], "assistant")
    if good is None or bad is None:
        return None
    if "prompt" in data:
        prompt = _messages(data["prompt"], "user")
    else:
        prompt = good[:-1] if good[:-1] == bad[:-1] else None
        good, bad = good[-1:], bad[-1:]
    if not prompt or len(good) != 1 or len(bad) != 1:
        return None
    return {"input": {"messages": prompt}, "preferred_output": good, "non_preferred_output": bad}


def _messages(value: Any, role: str) -> list[Any] | None:
    if isinstance(value, str):
        return [{"role": role, "content": value}]
    return value if isinstance(value, list) and all(isinstance(item, dict) for item in value) else None
