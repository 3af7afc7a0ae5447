"""Applies fixes: one to a line, or all safe ones to a file, with the change shown and the file saved
atomically.

A repair belongs to its rule; this module decides when it is done: in bulk only what is safe, never half a
file.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sentitui.dataset import profiles
from sentitui.dataset.atomic import replacing
from sentitui.dataset.changes import Change, unified
from sentitui.dataset.checking.examine import Setting, examine
from sentitui.dataset.checking.session import Session
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.format import Format
from sentitui.dataset.report import Report
from sentitui.dataset.rules import rule
from sentitui.dataset.rules.file.rewrites import lines
from sentitui.dataset.rules.rule import Finding, Rewrite

_MOST_ROUNDS = 10
"""Rewrites of a file one after another; more would be a circle."""
_PIECE = 2**20
_SHOWN_CHANGES = 50


@dataclass(slots=True)
class Fixed:
    """What the safe fixes did to a file: how often each rule's, and the first changed lines as a diff."""

    path: Path
    applied: Counter[str] = field(default_factory=Counter)
    diff: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything was (or in a dry run: would be) done."""
        return bool(self.applied)


def apply(line: bytes, diagnostic: Diagnostic) -> bytes | None:
    """The line with a diagnostic's fix applied (may become several lines); None when it cannot be done."""
    repair = rule(diagnostic.code).repair
    if repair is None or diagnostic.fix is None:
        return None
    place = diagnostic.location
    finding = Finding(diagnostic.message, place.path, diagnostic.name, byte=place.byte, fix=diagnostic.fix)
    return repair(line, finding)


def repair_line(line: bytes, setting: Setting) -> tuple[bytes, Counter[str]]:
    """A line with all its safe fixes applied, and how often each rule's was."""
    applied: Counter[str] = Counter()
    failed: set[tuple[str, str, int | None]] = set()
    for _ in range(100):
        pending = [d for d in examine(line, setting).diagnostics if _is_pending(d, failed)]
        if not pending:
            break
        changed = apply(line, pending[0])
        if changed is None or changed == line:
            failed.add(_key(pending[0]))
            continue
        applied[pending[0].code] += 1
        if b"\n" in changed:
            return _repair_each(changed, setting, applied)
        line = changed
    return line, applied


def fix_file(
    path: Path | str,
    *,
    format: Format | None = None,  # noqa: A002 - the word the whole product uses
    profile: str | profiles.Profile = "engine",
    dry_run: bool = False,
) -> Fixed:
    """Applies every safe fix to a file and saves it atomically (not in a dry run).

    Raises DatasetError when the file cannot be read or written; the file is then as it was.
    """
    chosen = profiles.profile(profile) if isinstance(profile, str) else profile
    target = Path(path)
    with TemporaryDirectory(prefix="sentitui-fix-") as folder, ExitStack() as stack:
        work = _Work(target, Session(chosen, format), Path(folder))
        fixed = work.run()
        if fixed.changed and not dry_run:
            new = stack.enter_context(replacing(target.resolve()))
            for piece in _pieces(work.current):
                new.write(piece)
    return fixed


class _Work:
    """The versions of one file between its first and its last fix; `current` is the newest."""

    def __init__(self, path: Path, session: Session, folder: Path) -> None:
        self.current = path
        self._path = path
        self._session = session
        self._folder = folder
        self._fixed = Fixed(path)

    def run(self) -> Fixed:
        report = self._rewrite_file()
        changes = self._repair_lines(report)
        self._fixed.diff = unified(self._path, self.current, changes, list(self._fixed.applied))
        return self._fixed

    def _rewrite_file(self) -> Report:
        """Applies the fixes of the file as a whole until none is left; gives the last report."""
        for number in range(_MOST_ROUNDS):
            report = self._session.run(self.current, None)
            rewrites = _rewrites(report)
            if not rewrites:
                break
            stream = _pieces(self.current)
            for code, (rewrite, count) in rewrites.items():
                stream = rewrite(stream)
                self._fixed.applied[code] += count
            self._write(stream, f"rewrite-{number}.jsonl")
        return report

    def _repair_lines(self, report: Report) -> list[Change]:
        """Applies the safe fixes of single lines."""
        wanted = {d.location.line for d in report.diagnostics if d.fix and d.fix.safe and rule(d.code).repair}
        changes: list[Change] = []
        if wanted:
            setting = self._session.setting_for(report.format)
            self._write(self._repaired(wanted, setting, changes), "repaired.jsonl")
        return changes

    def _repaired(self, wanted: set[int | None], setting: Setting, changes: list[Change]) -> Iterator[bytes]:
        for number, line in enumerate(lines(_pieces(self.current)), 1):
            if number not in wanted:
                yield line
                continue
            body = line.rstrip(b"\r\n")
            repaired, applied = repair_line(body, setting)
            self._fixed.applied.update(applied)
            if repaired != body and len(changes) < _SHOWN_CHANGES:
                changes.append(Change(number, body, repaired))
            yield repaired + line[len(body) :]

    def _write(self, stream: Iterator[bytes], name: str) -> None:
        target = self._folder / name
        with target.open("wb") as file:
            file.writelines(stream)
        self.current = target


def _rewrites(report: Report) -> Mapping[str, tuple[Rewrite, int]]:
    """The safe fixes of whole files that a report asks for; what changes all of a file goes alone."""
    found: dict[str, tuple[Rewrite, int]] = {}
    for diagnostic in report.diagnostics:
        rewrite = rule(diagnostic.code).rewrite
        if rewrite is not None and diagnostic.fix is not None and diagnostic.fix.safe:
            found[diagnostic.code] = (rewrite, found.get(diagnostic.code, (rewrite, 0))[1] + 1)
    whole = next((code for code in ("F003", "F008", "F010", "F011") if code in found), None)
    return {whole: found[whole]} if whole else found


def _repair_each(text: bytes, setting: Setting, applied: Counter[str]) -> tuple[bytes, Counter[str]]:
    done = []
    for line in text.split(b"\n"):
        repaired, more = repair_line(line, setting)
        done.append(repaired)
        applied.update(more)
    return b"\n".join(done), applied


def _is_pending(diagnostic: Diagnostic, failed: set[tuple[str, str, int | None]]) -> bool:
    safe = diagnostic.fix is not None and diagnostic.fix.safe
    return safe and rule(diagnostic.code).repair is not None and _key(diagnostic) not in failed


def _key(diagnostic: Diagnostic) -> tuple[str, str, int | None]:
    return diagnostic.code, diagnostic.location.path, diagnostic.location.byte


def _pieces(path: Path) -> Iterator[bytes]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        while piece := os.read(descriptor, _PIECE):
            yield piece
    finally:
        os.close(descriptor)
