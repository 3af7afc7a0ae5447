"""Shows what a fix changed, as a unified diff that a terminal may print: bounded, every character visible."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sentitui.dataset.diagnostics import shown

_SMALL = 1_000_000  # bytes: files up to this are compared whole
_LINES = 2_000
_WIDTH = 160
_AROUND = 40
_MOST = 200


@dataclass(frozen=True, slots=True)
class Change:
    """A line before and after; `after` may hold several lines."""

    number: int
    before: bytes
    after: bytes


def unified(path: Path, new: Path, changes: Sequence[Change], codes: Sequence[str]) -> list[str]:
    """The difference between two versions of a file; of a big one only the changed lines that are known."""
    if path == new:
        return []
    head = [f"--- {shown(str(path), 200)}", f"+++ {shown(str(path), 200)} (fixed: {', '.join(codes)})"]
    small = max(path.stat().st_size, new.stat().st_size) <= _SMALL
    body = _compared(path, new) if small else _listed(changes)
    lines = list(islice(body, _MOST + 1))
    return [*head, *lines[:_MOST], *(["… and more"] if len(lines) > _MOST else [])]


def _compared(path: Path, new: Path) -> Iterator[str]:
    before, after = path.read_bytes().split(b"\n"), new.read_bytes().split(b"\n")
    matcher = difflib.SequenceMatcher(None, before[:_LINES], after[:_LINES], autojunk=False)
    for tag, start, stop, new_start, new_stop in matcher.get_opcodes():
        if tag != "equal":
            yield f"@@ -{start + 1},{stop - start} +{new_start + 1},{new_stop - new_start} @@"
            yield from _pairs(before[start:stop], after[new_start:new_stop])
    if max(len(before), len(after)) > _LINES:
        yield f"(only the first {_LINES:,} lines were compared)"


def _listed(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        after = change.after.split(b"\n")
        yield f"@@ -{change.number},1 +{change.number},{len(after)} @@"
        yield from _pairs([change.before], after)
    yield "… and the changes that belong to the whole file"


def _pairs(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[str]:
    start = _first_difference(before[0], after[0]) if before and after else 0
    yield from (f"-{_clipped(line, start)}" for line in before)
    yield from (f"+{_clipped(line, start)}" for line in after)


def _first_difference(one: bytes, other: bytes) -> int:
    length = min(len(one), len(other))
    return next((i for i in range(length) if one[i] != other[i]), length)


def _clipped(line: bytes, start: int) -> str:
    """The part of a line around the byte where the change begins."""
    begin = max(0, start - _AROUND)
    text = line[begin : begin + 4 * _WIDTH].decode("utf-8", "backslashreplace")
    return ("…" if begin else "") + shown(text, _WIDTH)
