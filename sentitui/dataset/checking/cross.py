"""What the examples of an open file show together, redone only where an edit touched it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from sentitui.dataset.checking.catalogue import COUNT_CHECKS, GROUP_CHECKS
from sentitui.dataset.checking.conclude import counts_from, judge_group, lines_with, numbers_of, verdicts
from sentitui.dataset.checking.examine import Setting, report
from sentitui.dataset.checking.groups import member, shared_prompts
from sentitui.dataset.columns import FEATURES, Columns, format_at
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.report import Key, key_of
from sentitui.dataset.rules.rule import CountCheck, Counts, Finding, Rule

_KINDS = ("format", "images")


class _Judged(NamedTuple):
    """What a rule about counts said last: what it was given, and its findings by the value they are about."""

    rule: Rule
    check: CountCheck
    given: Counts
    found: dict[str | None, list[Finding]]


class State(NamedTuple):
    """What the rules across examples know of one line."""

    prompt: int
    numbers: dict[str, int]


class Cross:
    """The rules across examples, on columns that the owner changes and tells about."""

    def __init__(self, columns: Columns, setting: Setting) -> None:
        self._columns = columns
        self._profile = setting.profile
        form = setting.file_format
        self._groups = [pair for pair in GROUP_CHECKS if form in pair[0].formats and not pair[1].across]
        self._counts = [pair for pair in COUNT_CHECKS if form in pair[0].formats]
        self._by_prompt: dict[int, Counter[Key]] | None = None
        self._numbers: dict[str, Counter[int]] | None = None
        self._judged: list[_Judged] | None = None

    def forget(self) -> None:
        """Many lines have come: all is found out again when it is asked for."""
        self._by_prompt = self._numbers = self._judged = None

    def state(self, index: int) -> State:
        """What is known of a line, to be told to `changed` after an edit."""
        columns = self._columns
        kind = columns.kind[index]
        numbers: dict[str, int] = {name: columns.numbers[name][index] for name in FEATURES}
        return State(columns.prompt[index], {**numbers, "format": kind, "images": kind})

    def changed(self, before: State | None, after: State | None) -> None:
        """A line has come, gone or changed."""
        for sign, state in ((-1, before), (1, after)):
            if state is not None and self._numbers is not None:
                for feature, number in state.numbers.items():
                    self._numbers[feature][number] += sign
        self._judged = None
        if self._by_prompt is not None:
            for prompt in {state.prompt for state in (before, after) if state is not None}:
                self._by_prompt[prompt] = Counter(key_of(d) for d in self._judge(prompt))

    def of_line(self, index: int) -> Iterator[Diagnostic]:
        """What a line has in relation to others."""
        prompt = self._columns.prompt[index]
        if prompt:
            yield from (d for d in self._judge(prompt) if d.location.line == index + 1)
        for rule, check, _, found in self._judge_counts():
            value = self._value(check, index)
            if value is not None:
                yield from report(rule, found.get(value, ()), self._profile, index + 1)

    def whole_file(self) -> tuple[Diagnostic, ...]:
        """What belongs to no line."""
        judged = self._judge_counts()
        return tuple(
            d for rule, _, _, found in judged for d in report(rule, found.get(None, ()), self._profile, None)
        )

    def tallies(self) -> Counter[Key]:
        """How often every condition is found."""
        if self._by_prompt is None:
            groups = shared_prompts(self._columns, None)
            self._by_prompt = {
                group[0].prompt: Counter(
                    key_of(d) for _, d in judge_group(group, self._groups, self._profile)
                )
                for group in groups
            }
        total = sum(self._by_prompt.values(), Counter[Key]())
        total.update(map(key_of, self.whole_file()))
        for rule, _, given, found in self._judge_counts():
            for value, findings in found.items():
                if value is not None:
                    for diagnostic in report(rule, findings, self._profile, None):
                        total[key_of(diagnostic)] += given.values.get(value, 0)
        return total

    def lines_with(self, code: str) -> Iterator[int]:
        """The indexes of the lines on which a rule finds something."""
        lines: set[int] = set()
        if any(rule.code == code for rule, _ in self._groups):
            for group in shared_prompts(self._columns, None):
                judged = judge_group(group, self._groups, self._profile)
                lines.update(d.location.line for _, d in judged if d.code == code and d.location.line)
        for rule, check, _, found in self._judge_counts():
            if rule.code == code:
                lines.update(line for line, _ in lines_with(self._columns, check, found))
        return (line - 1 for line in sorted(lines))

    def _judge(self, prompt: int) -> list[Diagnostic]:
        """Runs the rules about groups on the examples that have a prompt."""
        members = [member(self._columns, index, False) for index in self._columns.lines_asking(prompt)]
        if len(members) < 2:
            return []
        return [diagnostic for _, diagnostic in judge_group(members, self._groups, self._profile)]

    def _judge_counts(self) -> list[_Judged]:
        if self._numbers is None:
            features = {check.feature for _, check in self._counts} | {*FEATURES, *_KINDS}
            self._numbers = {feature: numbers_of(self._columns, feature) for feature in features}
        if self._judged is None:
            numbers = self._numbers
            given = {
                feature: counts_from(self._columns, feature, numbers[feature])
                for feature in {check.feature for _, check in self._counts}
            }
            self._judged = [
                _Judged(
                    rule, check, given[check.feature], verdicts(check, given[check.feature], self._profile)
                )
                for rule, check in self._counts
            ]
        return self._judged

    def _value(self, check: CountCheck, index: int) -> str | None:
        """What a line has of a feature."""
        if check.feature == "format":
            form = format_at(self._columns.kind[index])
            return form.value if form else None
        if check.feature == "images":
            return None
        return self._columns.tables[check.feature].text(self._columns.numbers[check.feature][index])
