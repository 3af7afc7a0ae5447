"""Checks what is open, edits included, and sorts what was found by where it is shown. Runs in a thread.

The rules are imported at the first check: they take longer to load than the first screen may.
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sentitui.dataset import codec, paths
from sentitui.dataset.diagnostics import Diagnostic, Severity
from sentitui.dataset.training_file import TrainingFile
from sentitui.errors import DatasetError

if TYPE_CHECKING:
    from sentitui.dataset.report import Report
    from sentitui.dataset.tokens import Counter, TokenCount

_COUNTED = 64 * 1024
"""Bytes of a line up to which its tokens are counted while it is shown."""

AUTOMATIC = 32 * 1024 * 1024
"""Bytes of a file up to which it is checked by itself, after opening and after every edit."""


@dataclass(frozen=True, slots=True)
class Findings:
    """A report, and the worst severity of each example (0-based) that it names."""

    report: Report | None = None
    worst: Mapping[int, Severity] = field(default_factory=dict)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything found, grouped by rule: the worst first, then by place."""
        found = self.report.diagnostics if self.report else ()
        return tuple(sorted(found, key=lambda d: (d.severity.rank, d.code, d.location.line or 0)))

    @property
    def summary(self) -> str:
        """`2 errors, 1 warning`, or that there is nothing."""
        if self.report is None:
            return ""
        counts = self.report.counts
        said = [f"{counts[s]:,} {s}{'' if counts[s] == 1 else 's'}" for s in Severity if counts.get(s)]
        return ", ".join(said) or "no problems"

    @property
    def severity(self) -> Severity | None:
        """The worst of all."""
        return min((d.severity for d in self.diagnostics), key=lambda s: s.rank, default=None)


def load(profile: str) -> Counter:
    """Imports the rules, and gives what counts tokens for a provider; takes a while, so in a thread."""
    importlib.import_module("sentitui.dataset.check")
    from sentitui.dataset.counting import counter_for
    from sentitui.dataset.profiles import profile as profile_of

    counter = counter_for(profile_of(profile))
    counter.text("warm")
    return counter


def count_line(line: bytes, counter: Counter) -> TokenCount | None:
    """The tokens of an example; None for a line that is none, or too long to be counted at once."""
    if len(line) > _COUNTED:
        return None
    try:
        return counter.count(codec.decode(line).data)
    except DatasetError:
        return None


def check(file: TrainingFile, profile: str, on_progress: Callable[[int, int], None]) -> Findings:
    """Checks the file as it stands in the app. Raises DatasetError when it cannot be read."""
    from sentitui.dataset.check import check_file

    if not file.modified:
        return _findings(check_file(file.path, profile=profile, on_progress=on_progress))
    with tempfile.TemporaryDirectory(prefix="sentitui-") as folder:
        # The rules work on files: what is not saved yet is laid out as one.
        copy = Path(folder) / file.path.name
        with copy.open("wb") as out:
            out.writelines(line + b"\n" for line in file.lines())
        return _findings(check_file(copy, profile=profile, on_progress=on_progress))


def _findings(report: Report) -> Findings:
    worst: dict[int, Severity] = {}
    for diagnostic in report.diagnostics:
        line = diagnostic.location.line
        if line is not None:
            known = worst.get(line - 1)
            if known is None or diagnostic.severity.rank < known.rank:
                worst[line - 1] = diagnostic.severity
    return Findings(report, worst)


def by_message(diagnostics: Sequence[Diagnostic]) -> dict[int, list[Diagnostic]]:
    """The diagnostics of one example by the message they belong to; -1 those of the whole example."""
    found: dict[int, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        found.setdefault(message_of(diagnostic.location.path), []).append(diagnostic)
    return found


def message_of(path: str) -> int:
    """The message that a JSON path leads into; -1 when it leads into none."""
    try:
        steps = paths.parse(path)
    except ValueError:
        return -1
    for key, index in pairwise(steps):
        if key == "messages" and isinstance(index, int):
            return index
    return -1


def check_line(line: bytes, profile: str) -> list[Diagnostic]:
    """Everything wrong with one line, the worst first."""
    from sentitui.dataset.check import check_example

    return sorted(check_example(line, profile=profile), key=lambda diagnostic: diagnostic.severity.rank)
