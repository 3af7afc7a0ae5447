"""What the text rules read, and how they report and cure it: every string value of an example but images."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sentitui.dataset.rules.repairs import change
from sentitui.dataset.subject import Subject


def pieces(subject: Subject) -> Iterator[tuple[str, str]]:
    """(path, text) of every string value: contents, arguments, descriptions, columns; no data URLs."""
    for path, text in subject.strings:
        if text[:5] != "data:":
            yield path, text


def cure(line: bytes, path: str, clean: Callable[[str], str]) -> bytes | None:
    """The line with the text at `path` cleaned; None when there is no text or nothing to clean."""

    def cleaned(value: Any) -> str | None:
        return clean(value) if isinstance(value, str) else None

    changed = change(line, path, cleaned)
    return changed if changed != line else None


def points(characters: str, limit: int = 3) -> str:
    """Characters as U+XXXX, each once, in order of appearance, at most `limit` of them."""
    distinct = list(dict.fromkeys(characters))
    told = ", ".join(f"U+{ord(char):04X}" for char in distinct[:limit])
    return f"{told} and others" if len(distinct) > limit else told


def times(count: int, one: str, many: str) -> str:
    """A count with its noun."""
    return f"{count:,} {one if count == 1 else many}"
