"""One line, examined with every rule that looks at one line: the careful way, without gates.

The block pass calls this for the lines that it could not prove ordinary; the editor calls it for each
keystroke.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sentitui.dataset.checking.catalogue import EXAMPLE_CHECKS_OF, LINE_CHECKS
from sentitui.dataset.diagnostics import Diagnostic, Location
from sentitui.dataset.facts import RawLine
from sentitui.dataset.format import Format, detect
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import Finding, Rule
from sentitui.dataset.subject import Subject

DEEPEST = 128
"""Rules look at examples nested at most this deep; deeper ones are an error in themselves."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A line after examination; `subject` is None when it holds no JSON object."""

    diagnostics: list[Diagnostic]
    subject: Subject | None


def examine(line: bytes, form: Format | None, profile: Profile, number: int | None = None) -> Examined:
    """Runs every line rule and, when the line holds an object, every example rule of its format.

    `form` None: the format that the line's own keys say, else chat.
    """
    raw = RawLine(line, number)
    found = [d for rule, check in LINE_CHECKS for d in report(rule, check.run(raw), profile, number)]
    value: Any = raw.scan.value
    if not isinstance(value, dict) or raw.scan.depth > DEEPEST:
        return Examined(found, None)
    subject = Subject(line, value, form or detect(value) or Format.CHAT, profile)
    for rule, check in EXAMPLE_CHECKS_OF[subject.format]:
        found.extend(report(rule, check.run(subject), profile, number))
    return Examined(found, subject)


def report(
    rule: Rule, findings: Iterator[Finding], profile: Profile, line: int | None
) -> Iterator[Diagnostic]:
    """Turns findings into diagnostics of the profile's severity; what it accepts is dropped."""
    for finding in findings:
        severity = rule.severity_of(finding, profile)
        if severity is not None:
            place = Location(finding.line or line, finding.path, finding.byte)
            yield Diagnostic(
                rule.code, finding.name or rule.names[0], severity, finding.message, place, finding.fix
            )
