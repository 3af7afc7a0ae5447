"""Which fixes `--fix` makes without asking: the catalogue's list, and a few that lose nothing either."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sentitui.dataset.checking.examine import Setting, examine
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import profile, profile_names
from sentitui.dataset.rules import RULES, rule

FIXTURES = Path(__file__).parent / "fixtures"

WHOLE_FILES = {"F003", "F005", "F007", "F008", "F009", "F010", "F011"}
IN_BULK = {"F006", "F009", "S007", "S024", "T002", "T003", "T008", "T010", "V004", "C001"}
"""The catalogue's "Fixes that are safe in bulk", those of what a line shows."""

LOSSLESS = {
    "J001",  # a comma too many, a second object: the catalogue calls these safe, and no value changes
    "J003",  # one of two equal members goes
    "T007",  # "true" becomes true
    "T009",  # a type that can only be "function" is added
    "V006",  # the image's own bytes say what it is
    "P002",  # a message is put into an array
}
"""Safe by the catalogue's entries though not in its list: each has one meaning and keeps every value."""


def lines() -> list[tuple[bytes, Format]]:
    """Every line of every fixture that stands for itself."""
    found = []
    for path in sorted(FIXTURES.glob("*.json")):
        parts: dict[str, list[dict[str, Any]]] = json.loads(path.read_text("utf-8"))
        for case in (case for part in parts.values() for case in part):
            if "line" in case and not str(case["line"]).startswith("base64:"):
                text = case["line"] if isinstance(case["line"], str) else json.dumps(case["line"])
                found.append((text.encode("utf-8", "surrogatepass"), Format(case.get("format", "chat"))))
    return found


def test_only_fixes_that_lose_nothing_are_made_in_bulk() -> None:
    """No provider's profile makes another rule's fix safe, and each of the listed rules offers a safe one."""
    safe = {
        diagnostic.code
        for name in profile_names()
        for line, form in lines()
        for diagnostic in examine(line, Setting(form, form, profile(name))).diagnostics
        if diagnostic.fix is not None and diagnostic.fix.safe
    }
    assert safe == IN_BULK | LOSSLESS


def test_files_are_rewritten_for_what_the_catalogue_lists() -> None:
    """The fixes of whole files are those of the catalogue's list."""
    assert {one.code for one in RULES if one.rewrite is not None} == WHOLE_FILES


def test_a_fix_that_waits_for_a_person_says_why() -> None:
    """Where the catalogue calls a fix safe and it is not made in bulk, the rule's doc gives the reason."""
    for code in ("S004", "S017", "S025", "P006", "R002", "T007"):
        assert "not done in bulk" in rule(code).doc.fix
