"""What a check of a file found: every diagnostic with its count, and what could not be compared, said openly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sentitui.dataset.diagnostics import Diagnostic, Severity
from sentitui.dataset.format import Format


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one condition was found, with which severity, and on which lines first (at most 5)."""

    code: str
    name: str
    severity: Severity
    count: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A checked file. `diagnostics` are in file order, whole-file ones first; `size` is in bytes.

    `omitted` counts diagnostics that were found but not kept (see `keep` of `check_file`): `tallies` count
    them all the same. `notes` say what was left out of the check, and why.
    """

    path: Path
    format: Format
    profile: str
    size: int
    lines: int
    examples: int
    diagnostics: tuple[Diagnostic, ...]
    tallies: tuple[Tally, ...]
    omitted: int = 0
    notes: tuple[str, ...] = ()
    validation: Report | None = None
    formats: Mapping[Format, int] = field(default_factory=dict)

    @property
    def counts(self) -> Mapping[Severity, int]:
        """The number of diagnostics of each severity."""
        found: Counter[Severity] = Counter()
        for tally in self.tallies:
            found[tally.severity] += tally.count
        return found

    @property
    def has_errors(self) -> bool:
        """Whether a provider would refuse this file, or its validation file."""
        return self.counts[Severity.ERROR] > 0 or (self.validation is not None and self.validation.has_errors)


class Collector:
    """Gathers diagnostics, keeping at most `keep` of each condition while counting all."""

    def __init__(self, keep: int | None) -> None:
        self._keep = keep
        self._kept: list[Diagnostic] = []
        self._counts: Counter[tuple[str, str, Severity]] = Counter()
        self._lines: dict[tuple[str, str, Severity], list[int]] = {}

    def add(self, diagnostic: Diagnostic) -> bool:
        """Counts a diagnostic; says whether it was kept."""
        key = (diagnostic.code, diagnostic.name, diagnostic.severity)
        self._counts[key] += 1
        lines = self._lines.setdefault(key, [])
        if diagnostic.location.line is not None and len(lines) < 5:
            lines.append(diagnostic.location.line)
        if self._keep is not None and self._counts[key] > self._keep:
            return False
        self._kept.append(diagnostic)
        return True

    def count_only(self, code: str, name: str, severity: Severity, count: int) -> None:
        """Counts diagnostics that were found elsewhere and not kept there."""
        self._counts[code, name, severity] += count

    @property
    def omitted(self) -> int:
        """How many were counted but not kept."""
        return self._counts.total() - len(self._kept)

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was kept: whole-file findings first, then by line, rule and place."""
        return tuple(sorted(self._kept, key=_order))

    def tallies(self) -> tuple[Tally, ...]:
        """One for each condition and severity: the worst first, then by code."""
        found = (
            Tally(code, name, severity, count, tuple(self._lines.get((code, name, severity), ())))
            for (code, name, severity), count in self._counts.items()
        )
        return tuple(sorted(found, key=lambda tally: (tally.severity.rank, tally.code, tally.name)))


def _order(diagnostic: Diagnostic) -> tuple[int, str, int]:
    return diagnostic.location.line or 0, diagnostic.code, diagnostic.location.byte or 0
