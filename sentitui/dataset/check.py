"""Checks a training example or file against every rule, and says all that is wrong at once.

The public face: `check_example` for one line, `check_file` for a file of any size. How it is done fast lives
in `sentitui.dataset.checking`.
"""

from __future__ import annotations

from sentitui.dataset import profiles
from sentitui.dataset.checking.examine import examine
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile


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
