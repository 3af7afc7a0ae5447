"""Files as people really break them: everything planted in them is found, and no sound line is called wrong.

`broken/expected.json` lists what was planted in each file: 1-based line (null: the whole file) and code.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sentitui.dataset.check import check_file
from sentitui.dataset.diagnostics import Severity

BROKEN = Path(__file__).with_name("broken")
EXPECTED: dict[str, list[tuple[int | None, str]]] = {
    name: [(line, code) for line, code in planted]
    for name, planted in json.loads((BROKEN / "expected.json").read_bytes()).items()
}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_was_planted_is_found(name: str) -> None:
    """Every planted problem is reported on its line, or for the file where it belongs to the whole."""
    found = {(d.location.line, d.code) for d in check_file(BROKEN / name, profile="openai").diagnostics}
    codes = {code for _, code in found}
    missing = [(line, code) for line, code in EXPECTED[name] if (line, code) not in found]
    assert [each for each in missing if each[0] is not None or each[1] not in codes] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_sound_lines_are_not_called_wrong(name: str) -> None:
    """An error is only reported on lines where something was planted."""
    errors = [
        d for d in check_file(BROKEN / name, profile="openai").diagnostics if d.severity is Severity.ERROR
    ]
    planted = {line for line, _ in EXPECTED[name]}
    assert {d.location.line for d in errors if d.location.line is not None} <= planted


def test_every_broken_file_says_what_is_wrong_with_it() -> None:
    """No file lies here without an expectation."""
    assert sorted(EXPECTED) == sorted(path.name for path in BROKEN.iterdir() if path.suffix == ".jsonl")
