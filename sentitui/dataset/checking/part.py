"""Checks one range of a file, in this process or in another: all it takes and gives can be pickled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sentitui.dataset.checking.block import BlockPass
from sentitui.dataset.checking.catalogue import LINE_CHECKS
from sentitui.dataset.checking.examine import Setting, report
from sentitui.dataset.checking.reader import Lines, blocks
from sentitui.dataset.columns import Columns
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.facts import RawLine
from sentitui.dataset.report import Collected, Collector


@dataclass(frozen=True, slots=True)
class Plan:
    """What to check a file by; `keep`: how many diagnostics of a condition a part gives back (None: all)."""

    path: Path
    setting: Setting
    keep: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """A checked range: its diagnostics with lines counted from its first, its digests, its line ends."""

    start: int
    end: int
    found: Collected
    columns: Columns
    blank: int
    crlf: int


def check_range(plan: Plan, descriptor: int, start: int, end: int) -> Part:
    """Checks the lines between two offsets of an open file."""
    collector = Collector(plan.keep)
    block_pass = BlockPass(plan.setting)
    crlf = 0
    for lines in blocks(descriptor, start, end):
        first = len(block_pass.columns)
        for diagnostic in _check_lines(lines, block_pass, plan.setting):
            collector.add(diagnostic, first)
        if b"\r" in lines.data:
            crlf += lines.data.count(b"\r\n")
    return Part(start, end, collector.collected(), block_pass.columns, block_pass.blank, crlf)


def _check_lines(lines: Lines, block_pass: BlockPass, setting: Setting) -> Iterator[Diagnostic]:
    if not lines.length:
        yield from block_pass.run(lines.data)
        return
    raw = RawLine(lines.data, 1, lines.length)
    for rule, check in LINE_CHECKS:
        yield from report(rule, check.run(raw), setting.profile, 1)
    block_pass.columns.append(None)


class Worker:
    """A process's own open file and plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._descriptor = os.open(plan.path, os.O_RDONLY | os.O_CLOEXEC)

    def check(self, start: int, end: int) -> Part:
        """Checks one range."""
        return check_range(self._plan, self._descriptor, start, end)

    def close(self) -> None:
        """Closes the file."""
        os.close(self._descriptor)
