"""One check of one file or of a training file with its validation file, from the first byte to the report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from sentitui.dataset.checking.catalogue import FILE_CHECKS
from sentitui.dataset.checking.conclude import conclude
from sentitui.dataset.checking.examine import Setting, report
from sentitui.dataset.checking.near import compare
from sentitui.dataset.checking.parallel import parts
from sentitui.dataset.checking.part import Plan
from sentitui.dataset.checking.reader import ranges
from sentitui.dataset.columns import Columns
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.disk import BOM, open_regular
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.format import Format, detect_all
from sentitui.dataset.kinds import HEAD_BYTES, Kind, kind_of
from sentitui.dataset.profiles import Profile
from sentitui.dataset.report import Collector, Report
from sentitui.dataset.values import are_whole

Progress = Callable[[int, int], None]
OnDiagnostic = Callable[[Path, Diagnostic], None]


@dataclass(slots=True)
class _Checked:
    """A file after its own lines were checked, before it is compared with others."""

    facts: FileFacts
    format: Format
    columns: Columns
    collector: Collector
    notes: list[str] = field(default_factory=list)


class Session:
    """Checks files by one profile; `given` is the format that the user named, the rest as in `check_file`."""

    def __init__(
        self,
        profile: Profile,
        given: Format | None = None,
        keep: int | None = None,
        on_progress: Progress | None = None,
        on_diagnostic: OnDiagnostic | None = None,
    ) -> None:
        self._profile = profile
        self._given = given
        self._keep = None if on_diagnostic is not None else keep
        self._on_progress = on_progress or _silent
        self._on_diagnostic = on_diagnostic

    def setting_for(self, form: Format) -> Setting:
        """What the lines of a file of that format are checked by."""
        return Setting(self._given, form, self._profile)

    def run(self, path: Path, validation: Path | None) -> Report:
        """Checks a file, and its validation file beside it."""
        training = self._check(path, is_validation=False)
        second = self._check(validation, is_validation=True) if validation is not None else None
        columns = second.columns if second is not None else None
        for in_validation, diagnostic in conclude(training.columns, columns, training.format, self._profile):
            target = second if in_validation and second is not None else training
            target.collector.add(diagnostic)
        return self._report(training, self._report(second, None) if second is not None else None)

    def _check(self, path: Path, *, is_validation: bool) -> _Checked:
        if path.exists() and not path.is_file():
            return self._refuse(FileFacts(path, 0, Kind.NOT_A_FILE, is_validation=is_validation))
        with _opened(path) as (descriptor, size):
            head = os.pread(descriptor, HEAD_BYTES, 0)
            kind = kind_of(head, size)
            if kind in (Kind.ARRAY, Kind.PRETTY) and not are_whole(
                descriptor, size, in_array=kind is Kind.ARRAY
            ):
                kind = Kind.LINES
            form = self._given or format_of(head)
            facts = FileFacts(path, size, kind, head, is_validation=is_validation)
            checked = _Checked(facts, form, Columns(), self._collector(path))
            if kind is Kind.LINES:
                self._check_lines(checked, descriptor)
        self._check_facts(checked)
        return checked

    def _collector(self, path: Path) -> Collector:
        return Collector(self._keep, partial(self._on_diagnostic, path) if self._on_diagnostic else None)

    def _refuse(self, facts: FileFacts) -> _Checked:
        """What can be said of something that has no bytes to read."""
        checked = _Checked(facts, self._given or Format.CHAT, Columns(), self._collector(facts.path))
        self._check_facts(checked)
        return checked

    def _check_facts(self, checked: _Checked) -> None:
        for rule, check in FILE_CHECKS:
            for diagnostic in report(rule, check.run(checked.facts, self._profile), self._profile, None):
                checked.collector.add(diagnostic)

    def _check_lines(self, checked: _Checked, descriptor: int) -> None:
        facts = checked.facts
        setting = self.setting_for(checked.format)
        plan = Plan(facts.path, setting, self._keep)
        start = len(BOM) if facts.head.startswith(BOM) else 0
        blank = crlf = 0
        for part in parts(plan, ranges(descriptor, start, facts.size), facts.size):
            checked.collector.merge(part.found, len(checked.columns))
            checked.columns.extend(part.columns)
            blank += part.blank
            crlf += part.crlf
            self._on_progress(part.end, facts.size)
        similar, checked.notes = compare(descriptor, checked.columns, setting)
        for diagnostic in similar:
            checked.collector.add(diagnostic)
        checked.facts = facts.seen(len(checked.columns), blank, checked.columns.examples(), crlf)

    def _report(self, checked: _Checked, validation: Report | None) -> Report:
        collector, facts = checked.collector, checked.facts
        return Report(
            path=facts.path,
            format=checked.format,
            profile=self._profile.name,
            size=facts.size,
            lines=facts.lines,
            examples=facts.examples,
            diagnostics=collector.diagnostics(),
            tallies=collector.tallies(),
            omitted=collector.omitted,
            notes=tuple(checked.notes),
            formats=checked.columns.formats(),
            validation=validation,
        )


def format_of(head: bytes) -> Format:
    """The format of a file by the first examples in its first bytes."""
    return detect_all(islice(_objects(head), 100))


def _objects(head: bytes) -> Iterator[dict[str, Any]]:
    for line in head.removeprefix(BOM).split(b"\n"):
        try:
            value = msgspec.json.decode(line)
        except (ValueError, RecursionError):
            continue  # what is wrong with the line is said when it is checked
        if isinstance(value, dict):
            yield value


@contextmanager
def _opened(path: Path) -> Iterator[tuple[int, int]]:
    descriptor, status = open_regular(path)
    try:
        yield descriptor, status.st_size
    finally:
        os.close(descriptor)


def _silent(done: int, total: int) -> None:
    """Tells nobody."""
