"""One line, examined with the rules that look at one line: the careful way.

The block pass calls this for the lines that it could not prove ordinary; the editor calls it for each
keystroke.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sentitui.dataset.checking.catalogue import EXAMPLE_CHECKS, LINE_CHECKS, UNGATED_CHECKS, ExamplePair
from sentitui.dataset.diagnostics import Diagnostic, Location
from sentitui.dataset.facts import RawLine
from sentitui.dataset.format import Format, of_line
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import Finding, Rule
from sentitui.dataset.scan import DEEPEST
from sentitui.dataset.subject import Subject


@dataclass(frozen=True, slots=True)
class Setting:
    """What a line is checked by: the format that the user gave (None: its own), the file's, the profile."""

    given: Format | None
    file_format: Format
    profile: Profile

    def format_of(self, data: dict[str, Any]) -> Format:
        """The format by which one example is checked."""
        return self.given or of_line(data, self.file_format)


@dataclass(frozen=True, slots=True)
class Examined:
    """A line after examination; `subject` is None when it holds no JSON object that rules can look at."""

    diagnostics: list[Diagnostic]
    subject: Subject | None


def examine(line: bytes, setting: Setting, number: int | None = None) -> Examined:
    """Runs every line rule and, when the line holds an object, every example rule of its format."""
    return _examine(line, setting, number, None)


def examine_picked(line: bytes, setting: Setting, number: int, gated: Iterable[ExamplePair]) -> Examined:
    """The same, but of the gated rules only those that a gate picked for this line."""
    return _examine(line, setting, number, gated)


def _examine(
    line: bytes, setting: Setting, number: int | None, gated: Iterable[ExamplePair] | None
) -> Examined:
    raw = RawLine(line, number)
    found = [d for rule, check in LINE_CHECKS for d in report(rule, check.run(raw), setting.profile, number)]
    value: Any = raw.scan.value
    if not isinstance(value, dict) or raw.scan.depth > DEEPEST:
        return Examined(found, None)
    subject = Subject(line, value, setting.format_of(value), setting.profile)
    if gated is None:
        checks: Iterable[ExamplePair] = EXAMPLE_CHECKS[subject.format]
    else:
        checks = (*UNGATED_CHECKS[subject.format], *(p for p in gated if subject.format in p[0].formats))
    found.extend(run_checks(checks, subject, number))
    return Examined(found, subject)


def run_checks(checks: Iterable[ExamplePair], subject: Subject, number: int | None) -> Iterator[Diagnostic]:
    """Runs example rules on one example."""
    answers: dict[Callable[[Subject], bool], bool] = {}
    for rule, check in checks:
        needs = check.needs
        if needs is not None:
            if needs not in answers:
                answers[needs] = needs(subject)
            if not answers[needs]:
                continue
        for finding in check.run(subject):
            diagnostic = _diagnostic(rule, finding, subject.profile, number)
            if diagnostic is not None:
                yield diagnostic


def report(
    rule: Rule, findings: Iterable[Finding], profile: Profile, line: int | None
) -> Iterator[Diagnostic]:
    """Turns findings into diagnostics of the profile's severity; what it accepts is dropped."""
    for finding in findings:
        diagnostic = _diagnostic(rule, finding, profile, line)
        if diagnostic is not None:
            yield diagnostic


def _diagnostic(rule: Rule, finding: Finding, profile: Profile, line: int | None) -> Diagnostic | None:
    severity = rule.severity_of(finding, profile)
    if severity is None:
        return None
    place = Location(finding.line or line, finding.path, finding.byte)
    return Diagnostic(rule.code, finding.name or rule.names[0], severity, finding.message, place, finding.fix)
