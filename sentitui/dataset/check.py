"""Checks a training example or file against every rule, and says all that is wrong at once.

The public face: `check_example` for one line, `check_file` for a file of any size. How it is done fast lives
in `sentitui.dataset.checking`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sentitui.dataset import profiles
from sentitui.dataset.checking.examine import examine
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile
from sentitui.dataset.report import Collector, Report
from sentitui.errors import DatasetError


def check_example(
    line: bytes,
    *,
    format: Format | None = None,  # noqa: A002 - the word the whole product uses
    profile: str | Profile = "engine",
) -> list[Diagnostic]:
    """Everything wrong with one line, in the order of the rules; locations carry no line number.

    `format` None: what the line's own keys say. `profile`: a provider's name or its Profile.
    """
    chosen = profiles.profile(profile) if isinstance(profile, str) else profile
    return examine(line, format, chosen).diagnostics


def check_file(
    path: Path | str,
    *,
    validation: Path | str | None = None,
    format: Format | None = None,  # noqa: A002 - the word the whole product uses
    profile: str | Profile = "engine",
    on_progress: Callable[[int, int], None] | None = None,
    keep: int | None = 1000,
) -> Report:
    """Checks a file, with its validation file when there is one: all rules, all problems at once.

    `on_progress(done, total)` is told bytes as they are checked. `keep` is how many diagnostics of each
    condition the report holds (None: all); all are counted. Raises DatasetError when the file cannot be read.
    """
    chosen = profiles.profile(profile) if isinstance(profile, str) else profile
    return _check(Path(path), format, chosen, on_progress, keep)


def _check(
    path: Path,
    form: Format | None,
    profile: Profile,
    on_progress: Callable[[int, int], None] | None,
    keep: int | None,
) -> Report:
    collector = Collector(keep)
    examples = lines = 0
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                lines = number
                if line.strip():
                    examined = examine(line.rstrip(b"\r\n"), form, profile, number)
                    examples += examined.subject is not None
                    for diagnostic in examined.diagnostics:
                        collector.add(diagnostic)
    except OSError as error:
        raise DatasetError(
            f"Cannot read {path}: {error.strerror}.", "Check the path and its permissions."
        ) from error
    if on_progress is not None:
        on_progress(size, size)
    return Report(
        path,
        form or Format.CHAT,
        profile.name,
        size,
        lines,
        examples,
        collector.diagnostics(),
        collector.tallies(),
        collector.omitted,
    )
