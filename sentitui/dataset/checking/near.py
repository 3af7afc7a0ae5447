"""Runs the rules that compare texts by similarity: a second reading of the file, so for small files only."""

from __future__ import annotations

import os
from collections.abc import Iterator

import msgspec

from sentitui.dataset.checking.catalogue import NEAR_CHECKS
from sentitui.dataset.checking.examine import Setting, report
from sentitui.dataset.checking.reader import blocks
from sentitui.dataset.columns import Columns
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.rules.rule import NearCheck
from sentitui.dataset.subject import Subject

MOST_BYTES = 16_000_000
"""Of the file: a signature takes about a microsecond for 12 bytes."""


def why_not(check: NearCheck, examples: int, size: int) -> str | None:
    """Why a file is too big for a rule about similarity, in words; None when it is not."""
    if examples > check.max_examples:
        return f"for more than {check.max_examples:,} examples ({examples:,} here)"
    if size > MOST_BYTES:
        return f"in files over {MOST_BYTES // 1_000_000} MB ({size / 1e6:,.0f} MB here)"
    return None


def compare(descriptor: int, columns: Columns, setting: Setting) -> tuple[list[Diagnostic], list[str]]:
    """What the examples of an open file have in common, and what was not compared, in words."""
    found: list[Diagnostic] = []
    notes: list[str] = []
    size = os.fstat(descriptor).st_size
    for rule, check in NEAR_CHECKS:
        reason = why_not(check, columns.examples(), size)
        if reason is not None:
            notes.append(
                f"{rule.code} {rule.names[0]}: compared after folding case, spaces and punctuation only;"
                f" similarity is not computed {reason}."
            )
            continue
        index = check.new_index()
        for line, text in _texts(descriptor, size, setting):
            signature = check.signature(text)
            # What is equal after folding has been reported already.
            own = columns.folded(line - 1)
            similar = [other for other in index.similar(signature) if columns.folded(other - 1) != own]
            found.extend(report(rule, check.run(line, similar), setting.profile, None))
            index.add(line, signature)
    return found, notes


def text_of(subject: Subject) -> str:
    """The text by which examples are compared: all but the instructions, which examples share."""
    return "\n".join(text.value for text in subject.texts if text.role not in ("system", "developer"))


def _texts(descriptor: int, size: int, setting: Setting) -> Iterator[tuple[int, str]]:
    number = 0
    for block in blocks(descriptor, 0, size):
        lines = block.data.split(b"\n")
        for line in lines if lines[-1] else lines[:-1]:
            number += 1
            try:
                value = msgspec.json.decode(line)
            except (ValueError, RecursionError):
                continue  # reported when the line was checked
            if isinstance(value, dict):
                text = text_of(Subject(line, value, setting.format_of(value), setting.profile))
                if text:
                    yield number, text
