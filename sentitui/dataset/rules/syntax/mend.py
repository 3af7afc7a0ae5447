"""Mends the few JSON mistakes that have one meaning: a comma too many, and several objects on one line."""

from __future__ import annotations

from sentitui.dataset.scan import scan

_MOST_MENDS = 100


def mend(line: bytes) -> bytes | None:
    """The line as valid JSON, several lines when it held several objects; None if that takes guessing."""
    done: list[bytes] = []
    for _ in range(_MOST_MENDS):
        mistake = scan(line).error
        if mistake is None:
            return b"\n".join([*done, line])
        head, tail = line[: mistake.byte], line[mistake.byte :]
        if mistake.kind == "two-objects":
            done.append(head.rstrip())
            line = tail.lstrip(b", \t\r")
        elif mistake.kind == "comma-after-line":
            line = head.rstrip()
        elif mistake.kind == "trailing-comma":
            kept = head.rstrip()
            line = kept[:-1] + head[len(kept) :] + tail
        else:
            return None
    return None
