"""Runs the rules that compare examples, on the digests of a whole file and of its validation file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from sentitui.dataset.checking.catalogue import COUNT_CHECKS, GROUP_CHECKS
from sentitui.dataset.checking.examine import report
from sentitui.dataset.checking.groups import shared_prompts, subgroups
from sentitui.dataset.columns import UNNUMBERED, Columns, as_feature, formats_in, images_in
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import CountCheck, Counts, Finding, GroupCheck, Member, Rule

AcrossFiles = tuple[bool, Diagnostic]
"""A diagnostic and whether it belongs to the validation file."""

_ORDERED = 1_000


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


def counts_of(columns: Columns, feature: str) -> Counts:
    """What a rule about counts is given."""
    return counts_from(columns, feature, numbers_of(columns, feature))


def numbers_of(columns: Columns, feature: str) -> Counter[int]:
    """How often each number of a feature's column occurs."""
    return (
        columns.kinds() if feature in ("format", "images") else Counter(columns.numbers[as_feature(feature)])
    )


def counts_from(columns: Columns, feature: str, numbers: Counter[int]) -> Counts:
    """What a rule about counts is given, from the numbers of the feature's column."""
    total = columns.examples()
    if feature == "format":
        return Counts({form.value: count for form, count in formats_in(numbers).items()}, total)
    if feature == "images":
        return Counts({"images": images_in(numbers)}, total)
    table = columns.tables[as_feature(feature)]
    texts = {table.texts[n - 1]: count for n, count in numbers.items() if count and 0 < n < UNNUMBERED}
    if len(texts) <= _ORDERED:
        # So that what a rule makes of equal counts does not depend on the order of the edits.
        texts = dict(sorted(texts.items()))
    return Counts(texts, total, not table.full)


def verdicts(check: CountCheck, counts: Counts, profile: Profile) -> dict[str | None, list[Finding]]:
    """The findings of a rule about counts, by the value that they are about (None: the file)."""
    found: dict[str | None, list[Finding]] = {}
    for counted in check.run(counts, profile):
        found.setdefault(counted.value, []).append(counted.finding)
    return found


def _judge_counts(rule: Rule, check: CountCheck, columns: Columns, profile: Profile) -> Iterator[Diagnostic]:
    found = verdicts(check, counts_of(columns, check.feature), profile)
    yield from report(rule, found.pop(None, []), profile, None)
    for line, value in lines_with(columns, check, found) if found else ():
        yield from report(rule, found[value], profile, line)


def lines_with(
    columns: Columns, check: CountCheck, wanted: Iterable[str | None]
) -> Iterator[tuple[int, str]]:
    """The 1-based lines that have one of the wanted values of a feature, with the value."""
    values = [value for value in wanted if value is not None]
    if check.feature == "format":
        for value in values:
            yield from ((index + 1, value) for index in columns.lines_of(Format(value)))
    elif check.feature != "images":
        table = columns.tables[check.feature]
        numbers = {table.number(value): value for value in values}
        for index, number in enumerate(columns.numbers[check.feature]):
            if number in numbers:
                yield index + 1, numbers[number]
