"""One thing that was looked at: what it is, what was found, whether that is well, and what to do if not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a fact bears on the work: `FAILED` is what the work needs and does not have."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warn"
    FAILED = "fail"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact; `advice` says what to do and may be empty."""

    topic: str
    name: str
    value: str
    verdict: Verdict = Verdict.OK
    advice: str = ""


def healthy(facts: Iterable[Fact]) -> bool:
    """Whether nothing that is needed is broken."""
    return all(fact.verdict is not Verdict.FAILED for fact in facts)


def size(count: int) -> str:
    """A number of bytes as people read it, in powers of 1000."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit in ("B", "kB") else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"
