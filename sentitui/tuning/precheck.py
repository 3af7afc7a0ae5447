"""Checks a training file by its provider's rules before anything is uploaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sentitui.dataset.check import check_file
from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.report import Report
from sentitui.providers.provider import Provider


def precheck(
    file: Path,
    provider: Provider,
    *,
    validation: Path | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Everything that provider would mind in the file; errors forbid a launch. Raises DatasetError."""
    return check_file(file, validation=validation, profile=provider.profile, on_progress=on_progress)


def summary(report: Report) -> dict[str, Any]:
    """The report as the commands write it to JSON: counts, and each condition found once."""
    counts = report.counts
    return {
        "file": str(report.path),
        "examples": report.examples,
        "errors": counts.get(Severity.ERROR, 0),
        "warnings": counts.get(Severity.WARNING, 0),
        "hints": counts.get(Severity.HINT, 0),
        "found": [
            {"code": each.code, "name": each.name, "severity": each.severity.value, "count": each.count}
            for each in report.tallies
        ],
    }
