"""Checks a training example or file against every rule, and says all that is wrong at once.

The public face: `check_example` for one line, `check_file` for a file of any size. How it is done fast lives
in `sentitui.dataset.checking`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sentitui.dataset import profiles
from sentitui.dataset.checking.examine import Setting, examine
from sentitui.dataset.checking.session import Session
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile
from sentitui.dataset.report import Report


def check_example(
    line: bytes,
    *,
    format: Format | None = None,  # noqa: A002 - the word the whole product uses
    profile: str | Profile = "engine",
) -> list[Diagnostic]:
    """Everything wrong with one line, in the order of the rules; locations carry no line number.

    `format` None: what the line's own keys say. `profile`: a provider's name or its Profile.
    """
    return examine(line, Setting(format, format or Format.CHAT, _profile(profile))).diagnostics


def check_file(
    path: Path | str,
    *,
    validation: Path | str | None = None,
    format: Format | None = None,  # noqa: A002 - the word the whole product uses
    profile: str | Profile = "engine",
    on_progress: Callable[[int, int], None] | None = None,
    on_diagnostic: Callable[[Path, Diagnostic], None] | None = None,
    keep: int | None = 1000,
) -> Report:
    """Checks a file, with its validation file when there is one: all rules, all problems at once.

    `on_progress(done, total)` is told bytes as they are checked. `keep` is how many diagnostics of each
    condition the report holds (None: all); all are counted. With `on_diagnostic`, each is handed on as it is
    found (those of lines in file order, then those that only many examples show) and the report holds none.
    Raises DatasetError when the file cannot be read.
    """
    session = Session(_profile(profile), format, keep, on_progress, on_diagnostic)
    return session.run(Path(path), None if validation is None else Path(validation))


def _profile(given: str | Profile) -> Profile:
    return profiles.profile(given) if isinstance(given, str) else given
