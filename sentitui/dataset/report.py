"""What a check of a file found: every diagnostic with its count, and what was left out, said openly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sentitui.dataset.diagnostics import Diagnostic, Location, Severity
from sentitui.dataset.format import Format

_FIRST_LINES = 5


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


Key = tuple[str, str, Severity]
"""A condition with a severity: code, name, severity."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What was found in a part of a file: kept diagnostics; for every condition its count and first lines."""

    kept: tuple[Diagnostic, ...]
    counts: Mapping[Key, int]
    lines: Mapping[Key, tuple[int, ...]]


class Collector:
    """Gathers diagnostics, keeping at most `keep` of each condition while counting all.

    With a `sink`, none is kept: each is handed on as it comes.
    """

    def __init__(self, keep: int | None, sink: Callable[[Diagnostic], None] | None = None) -> None:
        self._keep = keep
        self._handed = 0
        self._sink = sink
        self._kept: list[Diagnostic] = []
        self._kept_counts: Counter[Key] = Counter()
        self._counts: Counter[Key] = Counter()
        self._lines: dict[Key, list[int]] = {}

    def add(self, diagnostic: Diagnostic, lines_before: int = 0) -> None:
        """Takes in a diagnostic of a part of the file that begins after so many lines."""
        key = key_of(diagnostic)
        self._counts[key] += 1
        if self._counts[key] <= _FIRST_LINES and diagnostic.location.line is not None:
            self._lines.setdefault(key, []).append(diagnostic.location.line + lines_before)
        self._take(key, diagnostic, lines_before)

    def merge(self, part: Collected, lines_before: int) -> None:
        """Takes in what was found in a part of the file that begins after so many lines."""
        for diagnostic in part.kept:
            key = key_of(diagnostic)
            self._take(key, diagnostic, lines_before)
        for key, count in part.counts.items():
            self._counts[key] += count
            lines = self._lines.setdefault(key, [])
            lines.extend(line + lines_before for line in part.lines.get(key, ())[: _FIRST_LINES - len(lines)])

    def _take(self, key: Key, diagnostic: Diagnostic, lines_before: int) -> None:
        if self._sink is not None:
            self._handed += 1
            self._sink(moved(diagnostic, lines_before))
            return
        self._kept_counts[key] += 1
        if self._keep is None or self._kept_counts[key] <= self._keep:
            self._kept.append(moved(diagnostic, lines_before))

    def collected(self) -> Collected:
        """Everything so far, as a value."""
        return Collected(
            tuple(self._kept), self._counts, {key: tuple(lines) for key, lines in self._lines.items()}
        )

    @property
    def omitted(self) -> int:
        """How many were counted but neither kept nor handed on."""
        return self._counts.total() - len(self._kept) - self._handed

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


def key_of(diagnostic: Diagnostic) -> Key:
    """The condition and severity of a diagnostic."""
    return diagnostic.code, diagnostic.name, diagnostic.severity


def moved(diagnostic: Diagnostic, lines: int) -> Diagnostic:
    """The diagnostic so many lines further down."""
    if not lines or diagnostic.location.line is None:
        return diagnostic
    place = diagnostic.location
    return replace(diagnostic, location=Location((place.line or 0) + lines, place.path, place.byte))


def _order(diagnostic: Diagnostic) -> tuple[int, str, int]:
    return diagnostic.location.line or 0, diagnostic.code, diagnostic.location.byte or 0
