"""JSON paths as diagnostics write them: `messages[2].content`, `["odd key"].x`; built, and parsed back."""

from __future__ import annotations

import json
import re

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_STEP = re.compile(r'\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]')


def key(path: str, name: str) -> str:
    """The path of a key inside the object at `path`; odd names are quoted as JSON, in ASCII."""
    if _PLAIN.match(name):
        return f"{path}.{name}" if path else name
    return f"{path}[{json.dumps(name)}]"


def item(path: str, index: int) -> str:
    """The path of an array's element, counted from 0."""
    return f"{path}[{index}]"


def parse(path: str) -> tuple[str | int, ...]:
    """The steps of a path: keys as str, indexes as int. Raises ValueError for what is no path."""
    steps: list[str | int] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise ValueError(f"not a JSON path at character {position}: {path}")
        name, index, quoted = match.groups()
        steps.append(int(index) if index is not None else json.loads(quoted) if quoted else name)
        position = match.end()
    return tuple(steps)
