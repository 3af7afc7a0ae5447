"""What each provider accepts: limits and severities, read from `data/profiles.json`.

Owns no rule: a rule asks the profile for a number, and the framework asks it how bad a finding is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import msgspec

from sentitui.dataset.diagnostics import Severity
from sentitui.errors import DatasetError
from sentitui.resources import data_file


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A provider's numbers; None means that no source states a limit.

    `tool_call_id_characters`: an id of a call has exactly so many letters and digits; `tool_descriptions`: a
    tool must describe its function.
    """

    min_examples: int = 10
    max_file_bytes: int | None = None
    max_examples: int | None = None
    images_per_example: int = 10
    image_bytes: int = 10_000_000
    image_examples: int | None = 50_000
    image_urls: bool = True
    outputs_per_preference: int | None = 1
    context_tokens: int | None = None
    top_level_keys: tuple[str, ...] = ()
    message_keys: tuple[str, ...] = ()
    tool_call_id_characters: int | None = None
    tool_descriptions: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """One provider's view of a training file. `severities` is keyed by condition name or rule code."""

    name: str
    title: str
    limits: Limits
    severities: Mapping[str, Severity | None]
    contexts: Mapping[str, int]

    def severity(self, code: str, name: str, default: Severity) -> Severity | None:
        """How bad a finding is here: the provider's word on the condition, on the rule, else the default.

        None: the provider accepts it, so that nothing is reported.
        """
        if name in self.severities:
            return self.severities[name]
        return self.severities.get(code, default)


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    source: str
    limits: Limits = Limits()
    severities: dict[str, str] = {}
    contexts: dict[str, int] = {}


@cache
def _entries() -> dict[str, _Entry]:
    return msgspec.json.decode(data_file("profiles.json").read_bytes(), type=dict[str, _Entry])


def profile_names() -> tuple[str, ...]:
    """Every provider that has a profile."""
    return tuple(_entries())


@cache
def profile(name: str) -> Profile:
    """The profile of one provider; DatasetError names the known ones when there is none."""
    entry = _entries().get(name)
    if entry is None:
        raise DatasetError(f"No profile is called {name!r}.", f"Use one of: {', '.join(profile_names())}.")
    levels = {key: None if word == "off" else Severity(word) for key, word in entry.severities.items()}
    return Profile(name, entry.title, entry.limits, levels, entry.contexts)
