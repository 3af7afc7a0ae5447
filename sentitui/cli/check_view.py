"""Shows in a few lines what a check before launching found; the whole story is `sentitui check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentitui import safe
from sentitui.cli.terminal import Terminal, clip

if TYPE_CHECKING:
    from sentitui.dataset.report import Report

_SHOWN = 5
_PAINT = {"error": "bad", "warning": "warn", "hint": "dim"}


def show_check(terminal: Terminal, report: Report) -> None:
    """One line of counts, then the first errors, or where there are none the first warnings."""
    counts = {severity.value: count for severity, count in report.counts.items()}
    told = [f"{report.examples} examples"]
    for word in ("error", "warning", "hint"):
        count = counts.get(word, 0)
        if count or word == "error":
            text = f"{count} {word}{'' if count == 1 else 's'}"
            told.append(terminal.paint(_PAINT[word], text) if count else text)
    terminal.line(f"check     {', '.join(told)}")
    worst = "error" if counts.get("error") else "warning"
    found = [each for each in report.diagnostics if each.severity.value == worst]
    for each in found[:_SHOWN]:
        place = f"line {each.location.line}: " if each.location.line else ""
        text = clip(f"          {each.code} {place}{safe.line(each.message)}", terminal.width)
        terminal.line(terminal.paint(_PAINT[worst], text))
    total = counts.get(worst, 0)
    if total > _SHOWN:
        terminal.line(f"          and {total - _SHOWN} more: sentitui check {safe.line(str(report.path))}")
