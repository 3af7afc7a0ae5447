"""Alpaca: `{"instruction": ..., "input": ..., "output": ...}`, and LLaMA-Factory's `system` and `history`."""

from __future__ import annotations

from typing import Any

from sentitui.dataset.convert.forms import Options, Refused
from sentitui.dataset.convert.words import chat, text_at, turns

KEYS = frozenset({"instruction", "input", "output", "system", "history"})


def read(data: dict[str, Any], options: Options) -> dict[str, Any]:
    """A chat example: the instruction is the question, the input its next line (LLaMA-Factory's README)."""
    asked = [text_at(data, "instruction")]
    if data.get("input"):
        asked.append(text_at(data, "input"))
    question = "\n".join(filter(None, asked))
    system = text_at(data, "system") if data.get("system") else None
    return chat(system, [*_history(data.get("history")), (question, text_at(data, "output"))])


def write(example: dict[str, Any], options: Options) -> dict[str, Any]:
    """An Alpaca entry: the last question is the instruction, the rounds before it the history."""
    system, rounds = turns(example)
    *before, (question, answer) = rounds
    entry: dict[str, Any] = {"instruction": question, "input": "", "output": answer}
    if system is not None:
        if not system:
            raise Refused("the instruction of the system is empty, which reads like none")
        entry["system"] = system
    if before:
        entry["history"] = [list(each) for each in before]
    return entry


def _history(value: Any) -> list[tuple[str, str]]:
    if not value:
        return []
    if not isinstance(value, list):
        raise Refused("history is not an array")
    rounds = []
    for index, pair in enumerate(value):
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(text, str) for text in pair):
            raise Refused(f"history[{index}] is not a question and an answer")
        rounds.append((pair[0], pair[1]))
    return rounds
