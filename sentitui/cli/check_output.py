"""What `sentitui check` prints: grouped by rule for people, one JSON object per diagnostic for programs.

Nothing of the data reaches the output raw: messages are made of `shown` pieces, names and paths go through
`safe`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from sentitui import safe
from sentitui.cli.check_summary import summary
from sentitui.cli.progress import duration, progress, size
from sentitui.cli.terminal import Terminal, clip
from sentitui.dataset.check import check_file
from sentitui.dataset.diagnostics import Diagnostic, Severity
from sentitui.dataset.fixes import Fixed
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile
from sentitui.dataset.report import Report, Tally
from sentitui.dataset.rules.rule import Rule

_PAINT = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.HINT: "dim"}
_QUIET_SECONDS = 0.5
"""A check that is shorter than this shows no progress."""


class Output(Protocol):
    """Where a check's results go."""

    def check(self, path: Path, validation: Path | None, form: Format | None, profile: Profile) -> int:
        """Checks a file, prints what was found and gives the exit status."""

    def fixed(self, fixed: Fixed, dry_run: bool) -> None:
        """Prints what the safe fixes changed."""

    def end(self) -> None:
        """Takes away what only a running check shows."""


class JsonOutput:
    """JSON lines on stdout, nothing else; what was fixed goes to stderr."""

    def check(self, path: Path, validation: Path | None, form: Format | None, profile: Profile) -> int:
        """Prints each diagnostic as it is found, in bounded memory."""
        report = check_file(
            path, validation=validation, format=form, profile=profile, on_diagnostic=_print_json
        )
        return status_of(report)

    def fixed(self, fixed: Fixed, dry_run: bool) -> None:
        """Says it on stderr."""
        print("\n".join(told_fix(fixed, dry_run)), file=sys.stderr)

    def end(self) -> None:
        """Nothing is shown while a check runs."""


class HumanOutput:
    """Text for people; progress on stderr, where that is a terminal."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._out = Terminal(sys.stdout)
        self._err = Terminal(sys.stderr)

    def check(self, path: Path, validation: Path | None, form: Format | None, profile: Profile) -> int:
        """Prints the groups, the counts and the summary of tokens and cost."""
        report = check_file(
            path, validation=validation, format=form, profile=profile, on_progress=self._progress(path)
        )
        self.end()
        for one in filter(None, (report, report.validation)):
            self._tell(one)
        return status_of(report)

    def fixed(self, fixed: Fixed, dry_run: bool) -> None:
        """Prints the diff and which rules' fixes were applied."""
        for line in told_fix(fixed, dry_run):
            role = {"-": "bad", "+": "good", "@": "accent"}.get(line[:1])
            self._out.line(self._out.paint(role, line) if role else line)

    def end(self) -> None:
        """Takes the progress line away."""
        self._err.end_status()

    def _progress(self, path: Path) -> Callable[[int, int], None]:
        started = time.monotonic()

        def show(done: int, total: int) -> None:
            passed = time.monotonic() - started
            if passed > _QUIET_SECONDS and done < total:
                left = duration(passed * (total - done) / done) if done else ""
                facts = (
                    safe.line(path.name),
                    f"{size(done)} of {size(total)}",
                    f"{left} left" if left else "",
                )
                self._err.status(progress(self._err, done / total, *facts))

        return show

    def _tell(self, report: Report) -> None:
        out = self._out
        plural = "" if report.examples == 1 else "s"
        told = f"{report.format}, {report.examples:,} example{plural}, {size(report.size)}"
        out.line(f"{out.paint('bold', safe.line(str(report.path)))}: {told}, for {self._profile.title}")
        for tally in report.tallies:
            self._tell_group(tally, report)
        for note in report.notes:
            out.line(out.paint("dim", f"  note: {note}"))
        out.line(f"  {self._counts(report)}")
        for line in summary(report, self._profile):
            out.line(f"  {line}")

    def _tell_group(self, tally: Tally, report: Report) -> None:
        out, role = self._out, _PAINT[tally.severity]
        head = f"  {out.paint(role, f'{tally.severity:7}')} {tally.code} {tally.name:24} {tally.count:>7,}"
        lines = ", ".join(f"{line:,}" for line in tally.lines)
        more = ", …" if tally.count > len(tally.lines) else ""
        out.line(f"{head}  line{'s' if len(tally.lines) > 1 else ''} {lines}{more}" if lines else head)
        first = next((d for d in report.diagnostics if (d.code, d.name) == (tally.code, tally.name)), None)
        if first is not None:
            out.line(f"          {clip(_told(first), max(60, out.width - 10))}")

    def _counts(self, report: Report) -> str:
        counts = {severity: report.counts.get(severity, 0) for severity in Severity}
        if not any(counts.values()):
            return self._out.paint("good", "Nothing is wrong.")
        words = [
            self._out.paint(_PAINT[severity], f"{count:,} {severity}{'' if count == 1 else 's'}")
            for severity, count in counts.items()
            if count
        ]
        fixable = sum(d.fix is not None and d.fix.safe for d in report.diagnostics)
        more = " or more" if report.omitted else ""
        tail = f"; {fixable:,}{more} can be fixed safely: --fix" if fixable else ""
        return f"{', '.join(words)}{tail}. What a rule means: sentitui check --explain CODE"


def status_of(report: Report) -> int:
    """0 no errors, 1 errors, 2 when a file is none that can be read."""
    both = (report, report.validation) if report.validation else (report,)
    if any(tally.name == "not-regular-file" for one in both for tally in one.tallies):
        return 2
    return 1 if report.has_errors else 0


def told_fix(fixed: Fixed, dry_run: bool) -> list[str]:
    """What the safe fixes did, as lines that may be printed."""
    if not fixed.changed:
        return [f"{safe.line(str(fixed.path))}: nothing to fix safely."]
    done = ", ".join(f"{code} x {count:,}" for code, count in sorted(fixed.applied.items()))
    verb = "Would fix" if dry_run else "Fixed"
    return [*map(safe.line, fixed.diff), f"{verb} {safe.line(str(fixed.path))}: {done}"]


def explain(rule: Rule) -> str:
    """A rule's doc as text."""
    doc = rule.doc
    return "\n".join(
        (
            f"{rule.code}  {', '.join(rule.names)}  ({rule.severity})",
            f"formats   {', '.join(sorted(rule.formats))}",
            f"what      {doc.what}",
            f"why       {doc.why}",
            f"example   {doc.example}",
            f"instead   {doc.instead}",
            f"fix       {doc.fix}",
            f"source    {doc.source}",
        )
    )


def _told(diagnostic: Diagnostic) -> str:
    place = diagnostic.location
    where = place.path or (f"byte {place.byte}" if place.byte is not None else "")
    return f"{where}: {safe.line(diagnostic.message)}" if where else safe.line(diagnostic.message)


def _print_json(path: Path, diagnostic: Diagnostic) -> None:
    place, fix = diagnostic.location, diagnostic.fix
    fields: dict[str, Any] = {
        "file": str(path),
        "line": place.line,
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        "path": place.path,
        "byte": place.byte,
        "message": diagnostic.message,
        "fix": None if fix is None else {"title": fix.title, "safe": fix.safe},
    }
    # ASCII only: whatever a file name or a message holds, no terminal acts on it.
    sys.stdout.write(json.dumps(fields, ensure_ascii=True) + "\n")
