"""One decoded example as the rules look at it: conversations, messages and texts with their JSON paths.

Everything is computed when first asked for and shared by all rules of the line. Holds whatever the line
holds: a part that has the wrong type is left out here and reported by the shape rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sentitui.dataset import paths
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile


@dataclass(frozen=True, slots=True)
class Turn:
    """One message: its path, its keys, its position, and its role when that is a string."""

    path: str
    data: dict[str, Any]
    index: int
    role: str | None


class Text(NamedTuple):
    """One piece of text that a model reads or learns, and the role that says it ("" outside messages)."""

    path: str
    value: str
    role: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A `messages` array (or a preference's output): `part` is "messages", "preferred" or "non_preferred"."""

    path: str
    part: str
    value: Any
    turns: tuple[Turn, ...]


class Subject:
    """One example under examination: its bytes, its decoded object, the format and the profile in force."""

    def __init__(self, line: bytes, data: dict[str, Any], form: Format, profile: Profile) -> None:
        self.line = line
        self.data = data
        self.format = form
        self.profile = profile

    @cached_property
    def holder(self) -> tuple[str, dict[str, Any]] | None:
        """Path and object that should hold `messages` and `tools`: the example, or its `input`."""
        if self.format is Format.COMPLETION:
            return None
        if self.format is not Format.PREFERENCE:
            return "", self.data
        value = self.data.get("input")
        return ("input", value) if isinstance(value, dict) else None

    @cached_property
    def conversations(self) -> tuple[Conversation, ...]:
        """Every array of messages in the example, the input first, then a preference's two outputs."""
        found = []
        if self.holder is not None and "messages" in self.holder[1]:
            path, data = self.holder
            found.append(_conversation(paths.key(path, "messages"), "messages", data["messages"]))
        if self.format is Format.PREFERENCE:
            found.extend(
                _conversation(f"{part}_output", part, self.data[f"{part}_output"])
                for part in ("preferred", "non_preferred")
                if f"{part}_output" in self.data
            )
        return tuple(found)

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """All messages of all conversations."""
        return tuple(turn for conversation in self.conversations for turn in conversation.turns)

    @cached_property
    def chat(self) -> tuple[Turn, ...]:
        """The messages of the main conversation only (a preference's outputs are left out)."""
        return (
            self.conversations[0].turns
            if self.conversations and self.conversations[0].part == "messages"
            else ()
        )

    @cached_property
    def tools(self) -> tuple[tuple[str, Any], ...]:
        """The declared tools with their paths, whatever their type; empty when `tools` is no array."""
        if self.holder is None:
            return ()
        path, data = self.holder
        value = data.get("tools")
        base = paths.key(path, "tools")
        return (
            tuple((paths.item(base, i), tool) for i, tool in enumerate(value))
            if isinstance(value, list)
            else ()
        )

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """What the model reads or learns: contents, text parts, refusals, prompts and completions."""
        if self.format is Format.COMPLETION:
            pairs = (("prompt", "user"), ("completion", "assistant"))
            return tuple(Text(k, self.data[k], r) for k, r in pairs if isinstance(self.data.get(k), str))
        return tuple(text for turn in self.turns for text in texts_of(turn))

    @cached_property
    def parts(self) -> tuple[tuple[Turn, str, Any], ...]:
        """Every element of every content array: its message, its path and its value, whatever its type."""
        return tuple(
            (turn, paths.item(f"{turn.path}.content", i), part)
            for turn in self.turns
            if isinstance(turn.data.get("content"), list)
            for i, part in enumerate(turn.data["content"])
        )

    @cached_property
    def strings(self) -> tuple[tuple[str, str], ...]:
        """Every string value anywhere in the example, tool schemas and extra columns too, with its path."""
        return tuple(_strings("", self.data))


def _conversation(path: str, part: str, value: Any) -> Conversation:
    items = value if isinstance(value, list) else []
    turns = []
    for i, data in enumerate(items):
        if isinstance(data, dict):
            role = data.get("role")
            turns.append(Turn(paths.item(path, i), data, i, role if isinstance(role, str) else None))
    return Conversation(path, part, value, tuple(turns))


def texts_of(turn: Turn) -> Iterator[Text]:
    """The texts of one message: its content or the parts of it, and its refusal."""
    role = turn.role or ""
    content = turn.data.get("content")
    if isinstance(content, str):
        yield Text(f"{turn.path}.content", content, role)
    elif isinstance(content, list):
        for i, part in enumerate(content):
            for name in ("text", "refusal"):
                if isinstance(part, dict) and isinstance(part.get(name), str):
                    yield Text(f"{turn.path}.content[{i}].{name}", part[name], role)
    if isinstance(turn.data.get("refusal"), str):
        yield Text(f"{turn.path}.refusal", turn.data["refusal"], role)


def _strings(path: str, value: Any) -> Iterator[tuple[str, str]]:
    # An explicit stack: nesting is the data's choice, the interpreter's recursion limit is not.
    stack = [(path, value)]
    while stack:
        where, node = stack.pop()
        if isinstance(node, str):
            yield where, node
        elif isinstance(node, dict):
            stack.extend((paths.key(where, name), inner) for name, inner in reversed(node.items()))
        elif isinstance(node, list):
            stack.extend((paths.item(where, i), node[i]) for i in range(len(node) - 1, -1, -1))
