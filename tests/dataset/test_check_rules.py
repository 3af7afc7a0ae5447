"""Every rule against its fixture: what it reports, what it leaves alone, what its repair writes."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from sentitui.dataset.checking.examine import Setting, examine
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import profile
from sentitui.dataset.rules import RULES, rule
from sentitui.dataset.rules.rule import Finding

FIXTURES = Path(__file__).parent / "fixtures"


def _cases(part: str) -> list[Any]:
    cases = []
    for path in sorted(FIXTURES.glob("*.json")):
        for number, case in enumerate(json.loads(path.read_text("utf-8"))[part]):
            if "line" in case:
                cases.append(pytest.param(path.stem, case, id=f"{path.stem}-{number}"))
    return cases


def _bytes(line: Any) -> bytes:
    if isinstance(line, str) and line.startswith("base64:"):
        return base64.b64decode(line.removeprefix("base64:"))
    return (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)).encode(
        "utf-8", "surrogatepass"
    )


def _found(code: str, case: dict[str, Any]) -> list[Diagnostic]:
    form = Format(case.get("format", "chat"))
    examined = examine(_bytes(case["line"]), Setting(form, form, profile(case.get("profile", "openai"))))
    return [d for d in examined.diagnostics if d.code == code]


@pytest.mark.parametrize(("code", "case"), _cases("bad"))
def test_a_bad_line_is_reported_at_its_place(code: str, case: dict[str, Any]) -> None:
    """The rule reports the condition's name at the JSON path or byte where it is."""
    found = _found(code, case)
    assert (case["name"], case.get("path", "")) in [(d.name, d.location.path) for d in found]
    if "byte" in case:
        assert case["byte"] in [d.location.byte for d in found]
    if "severity" in case:
        assert case["severity"] in [d.severity for d in found if d.name == case["name"]]


@pytest.mark.parametrize(("code", "case"), _cases("good"))
def test_a_good_line_is_left_alone(code: str, case: dict[str, Any]) -> None:
    """The rule says nothing about a line that no source forbids."""
    assert _found(code, case) == []


@pytest.mark.parametrize(("code", "case"), _cases("fixed"))
def test_a_repair_writes_what_is_meant_and_nothing_else(code: str, case: dict[str, Any]) -> None:
    """The offered fix turns the line into exactly these bytes."""
    one = rule(code)
    found = [d for d in _found(code, case) if d.fix is not None]
    assert found, "no fix is offered"
    assert one.repair is not None
    finding = Finding(found[0].message, found[0].location.path, found[0].name, byte=found[0].location.byte)
    becomes = _bytes(case["becomes"])
    repaired = one.repair(_bytes(case["line"]), finding)
    assert repaired == becomes


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.code)
def test_every_rule_has_a_fixture_and_a_full_doc(one: Any) -> None:
    """A rule is explained in full and shown on at least one bad and one good case."""
    cases = json.loads((FIXTURES / f"{one.code}.json").read_text("utf-8"))
    assert cases["bad"]
    assert cases["good"]
    assert all((one.doc.what, one.doc.why, one.doc.example, one.doc.instead, one.doc.fix, one.doc.source))
    assert {case["name"] for case in cases["bad"]} == set(one.names)
