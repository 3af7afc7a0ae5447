"""Runs the rules that compare examples, on the digests of a whole file and of its validation file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sentitui.dataset.checking.catalogue import COUNT_CHECKS, GROUP_CHECKS
from sentitui.dataset.checking.examine import report
from sentitui.dataset.checking.groups import shared_prompts, subgroups
from sentitui.dataset.columns import FEATURES, Columns
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import CountCheck, Counts, Finding, GroupCheck, Member, Rule

AcrossFiles = tuple[bool, Diagnostic]
"""A diagnostic and whether it belongs to the validation file."""


def conclude(
    columns: Columns, validation: Columns | None, form: Format, profile: Profile
) -> Iterator[AcrossFiles]:
    """Everything that only the examples together show."""
    groups = [pair for pair in GROUP_CHECKS if form in pair[0].formats]
    for members in shared_prompts(columns, validation) if groups else ():
        yield from judge_group(members, groups, profile)
    for rule, check in COUNT_CHECKS:
        if form in rule.formats:
            for diagnostic in _judge_counts(rule, check, columns, profile):
                yield False, diagnostic


def judge_group(
    members: list[Member], checks: list[tuple[Rule, GroupCheck]], profile: Profile
) -> Iterator[AcrossFiles]:
    """Runs the rules about groups on the examples that share a prompt."""
    training = [one for one in members if not one.validation]
    for rule, check in checks:
        for group in subgroups(members if check.across else training, check.key):
            if not check.across or len({one.validation for one in group}) > 1:
                for diagnostic in report(rule, check.run(group), profile, None):
                    yield check.across, diagnostic


def counts_of(columns: Columns, check: CountCheck) -> Counts:
    """What a rule about counts is given."""
    total = columns.examples()
    if check.feature == "format":
        return Counts({form.value: count for form, count in columns.formats().items()}, total)
    if check.feature == "images":
        return Counts({"images": columns.with_images()}, total)
    return Counts(columns.counts(check.feature), total, not columns.tables[check.feature].full)


def _judge_counts(rule: Rule, check: CountCheck, columns: Columns, profile: Profile) -> Iterator[Diagnostic]:
    by_value: dict[str, list[Finding]] = {}
    for counted in check.run(counts_of(columns, check), profile):
        if counted.value is None:
            yield from report(rule, [counted.finding], profile, None)
        else:
            by_value.setdefault(counted.value, []).append(counted.finding)
    for line, value in lines_with(columns, check, by_value) if by_value else ():
        findings = (replace(finding, line=line) for finding in by_value[value])
        yield from report(rule, findings, profile, None)


def lines_with(
    columns: Columns, check: CountCheck, wanted: Mapping[str, object]
) -> Iterator[tuple[int, str]]:
    """The 1-based lines that have one of the wanted values of a feature, with the value."""
    if check.feature == "format":
        for value in wanted:
            yield from ((index + 1, value) for index in columns.lines_of(Format(value)))
    elif check.feature in FEATURES:
        table = columns.tables[check.feature]
        numbers = {table.number(value): value for value in wanted}
        for index, number in enumerate(columns.numbers[check.feature]):
            if number in numbers:
                yield index + 1, numbers[number]
