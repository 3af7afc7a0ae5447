"""Tools and calls as the tool rules look at them; a part of a wrong type is left out (a rule reports it)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from sentitui.dataset import paths
from sentitui.dataset.subject import Subject, Turn

# FunctionObject.name: letters, digits, underscores and dashes, at most 64 characters.
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Function:
    """A declared function: the path of its object, and the object."""

    path: str
    data: dict[str, Any]

    @property
    def name(self) -> str | None:
        """Its name when that is a string."""
        name = self.data.get("name")
        return name if isinstance(name, str) else None


@dataclass(frozen=True, slots=True)
class Call:
    """One call in an assistant message. `data` is the call; a legacy `function_call` is its own function."""

    turn: Turn
    path: str
    data: dict[str, Any]
    legacy: bool = False

    @property
    def function_path(self) -> str:
        """Where the name and the arguments are."""
        return self.path if self.legacy else f"{self.path}.function"

    @property
    def function(self) -> dict[str, Any] | None:
        """The object with name and arguments, when it is one."""
        value = self.data if self.legacy else self.data.get("function")
        return value if isinstance(value, dict) else None

    @property
    def name(self) -> str | None:
        """The called function's name when that is a string."""
        name = self.function.get("name") if self.function is not None else None
        return name if isinstance(name, str) else None

    @property
    def id(self) -> str | None:
        """The call's id when that is a string."""
        value = self.data.get("id")
        return value if isinstance(value, str) else None


def has_tools(subject: Subject) -> bool:
    """Whether an example declares, calls or answers tools at all; the rules of the family need it."""
    if subject.holder is not None and not _DECLARING.isdisjoint(subject.holder[1]):
        return True
    return any(turn.role in _ANSWERING or not _CALLING.isdisjoint(turn.data) for turn in subject.turns)


_DECLARING = frozenset({"tools", "functions", "parallel_tool_calls"})
_CALLING = frozenset({"tool_calls", "function_call"})
_ANSWERING = frozenset({"tool", "function"})


# The rules of a line ask one after another for the same views of it.
@lru_cache(maxsize=1)
def declared(subject: Subject) -> tuple[Function, ...]:
    """The functions of `tools`, bare ones included, then those of the legacy `functions`."""
    return tuple(_declared(subject))


def _declared(subject: Subject) -> Iterator[Function]:
    for path, tool in subject.tools:
        if not isinstance(tool, dict):
            continue
        inner = tool.get("function")
        if isinstance(inner, dict):
            yield Function(f"{path}.function", inner)
        elif "function" not in tool and "name" in tool:
            yield Function(path, tool)
    if subject.holder is not None:
        path, data = subject.holder
        functions = data.get("functions")
        for i, function in enumerate(functions if isinstance(functions, list) else ()):
            if isinstance(function, dict):
                yield Function(paths.item(paths.key(path, "functions"), i), function)


@lru_cache(maxsize=1)
def calls(subject: Subject) -> tuple[Call, ...]:
    """Every tool call that is an object, in order; a message's legacy `function_call` after its calls."""
    return tuple(_calls(subject))


def _calls(subject: Subject) -> Iterator[Call]:
    for turn in subject.turns:
        if "tool_calls" in turn.data:
            yield from tool_calls(turn)
        legacy = turn.data.get("function_call")
        if isinstance(legacy, dict):
            yield Call(turn, f"{turn.path}.function_call", legacy, legacy=True)


def tool_calls(turn: Turn) -> Iterator[Call]:
    """The calls in one message's `tool_calls`."""
    value = turn.data.get("tool_calls")
    for i, call in enumerate(value if isinstance(value, list) else ()):
        if isinstance(call, dict):
            yield Call(turn, f"{turn.path}.tool_calls[{i}]", call)


@dataclass(frozen=True, slots=True)
class Spelt:
    """Arguments that spell a JSON value."""

    value: Any


@dataclass(frozen=True, slots=True)
class NotJson:
    """Arguments that spell no JSON, and why."""

    text: str
    problem: str


def arguments_of(call: Call) -> Spelt | NotJson | None:
    """What a call's `arguments` string spells; None when they are missing or no string."""
    text = call.function.get("arguments") if call.function is not None else None
    if not isinstance(text, str):
        return None
    try:
        return Spelt(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        return NotJson(text, error.msg)
