"""The rules that there are: the whole catalogue, in order, each with what a rule needs."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

import sentitui.dataset.rules as package
from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.profiles import profile, profile_names
from sentitui.dataset.rules import RULES, rule
from sentitui.dataset.rules.rule import Rule
from sentitui.errors import DatasetError

HERE = Path(__file__).parent
CATALOGUE: list[dict[str, Any]] = json.loads((HERE / "catalogue.json").read_text("utf-8"))

ADDED = {
    # Conditions that the catalogue states in words and gives no name.
    "T002": ["tool-description"],
    "T009": ["tool-call-id-form"],
    "C002": ["completion-no-common-end", "prompt-no-separator"],
}

SOFTER = {
    # The catalogue itself says that no source settles these, so they are no error by default.
    "J004": Severity.WARNING,
    "S026": Severity.WARNING,
    "S028": Severity.WARNING,
    "T015": Severity.WARNING,
    "T016": Severity.WARNING,
    # An error for OpenAI alone.
    "F013": Severity.WARNING,
    # An error when it is no string, else a warning.
    "S027": Severity.WARNING,
}


def test_the_rules_are_the_catalogue_in_its_order() -> None:
    """Every code of the catalogue is a rule, and there is no other."""
    assert [one.code for one in RULES] == [entry["id"] for entry in CATALOGUE]


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry["id"])
def test_a_rule_has_the_names_and_severity_of_its_entry(entry: dict[str, Any]) -> None:
    """The names and the general severity are those of the catalogue, or milder for a stated reason."""
    one = rule(entry["id"])
    assert list(one.names) == entry["conditions"] + ADDED.get(one.code, [])
    told = {one.severity, *one.severities.values(), SOFTER.get(one.code, one.severity)}
    expected = SOFTER.get(one.code, Severity(entry["severity"].split()[0].rstrip(";:")))
    assert expected in told


def test_every_module_of_a_rule_is_in_the_tuple() -> None:
    """A module that is called after a code cannot be forgotten."""
    folder = Path(package.__file__).parent
    modules = sorted(path for path in folder.glob("*/*.py") if path.stem[1:4].isdigit())
    loaded = [
        importlib.import_module(f"sentitui.dataset.rules.{path.parent.name}.{path.stem}").RULE
        for path in modules
    ]
    assert {id(one) for one in loaded} == {id(one) for one in RULES}
    assert [path.stem[:4].upper() for path in modules] == [one.code for one in loaded]


def test_every_rule_has_one_fixture_and_every_fixture_a_rule() -> None:
    """Fixtures are called after the codes."""
    assert {path.stem for path in (HERE / "fixtures").glob("*.json")} == {one.code for one in RULES}


def test_a_rule_is_found_by_its_code_or_by_a_condition() -> None:
    """`--explain` takes either, in any case."""
    assert rule("s007") is rule("unknown-role")
    with pytest.raises(KeyError):
        rule("S999")


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_speaks_of_conditions_that_exist(name: str) -> None:
    """A severity in a profile is keyed by a condition or a code; a misspelt one would do nothing."""
    known = {one.code for one in RULES} | {condition for one in RULES for condition in one.names}
    assert set(profile(name).severities) <= known


def test_the_profiles_are_the_providers_that_are_promised() -> None:
    """The names that --provider takes."""
    assert set(profile_names()) == {"openai", "azure", "nebius", "together", "fireworks", "mistral", "engine"}
    with pytest.raises(DatasetError, match="No profile"):
        profile("nobody")


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.code)
def test_a_doc_is_plain_text(one: Rule) -> None:
    """What the app and `--explain` print is one printable line a field, and sentences end."""
    doc = one.doc
    for text in (doc.what, doc.why, doc.example, doc.instead, doc.fix, doc.source):
        assert text.isprintable()
        assert text.strip()
    assert doc.what.endswith((".", ")"))
