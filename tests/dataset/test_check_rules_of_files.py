"""Rules about whole files and about many examples, against the fixtures that hold files."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from sentitui.dataset.check import check_file
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.fixes import fix_file
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import profile
from sentitui.dataset.report import Report
from sentitui.dataset.rules import rule
from sentitui.dataset.rules.rule import FileCheck

FIXTURES = Path(__file__).parent / "fixtures"
_KEYS = {"file", "size", "length", "folder"}


def _cases(part: str) -> list[Any]:
    cases = []
    for path in sorted(FIXTURES.glob("*.json")):
        for number, case in enumerate(json.loads(path.read_text("utf-8"))[part]):
            if _KEYS & case.keys():
                cases.append(pytest.param(path.stem, case, id=f"{path.stem}-{number}"))
    return cases


def _bytes(text: str) -> bytes:
    if text.startswith("base64:"):
        return base64.b64decode(text.removeprefix("base64:"))
    return text.encode()


def _write(case: dict[str, Any], folder: Path) -> Path:
    path = folder / str(case.get("as", "train.jsonl"))
    if "folder" in case:
        path.mkdir()
    elif "size" in case or "length" in case:
        # Sparse: a file of any size costs nothing. A `length` is that of its only line.
        with path.open("wb") as file:
            file.write(b'{"a": "' + b"x" * 70_000 if "length" in case else b'{"messages": []}\n')
            file.truncate(case.get("size") or case["length"])
    else:
        path.write_bytes(_bytes(case["file"]))
    return path


def _check(case: dict[str, Any], folder: Path) -> Report:
    path = _write(case, folder)
    validation = None
    if "validation" in case:
        validation = folder / "validation.jsonl"
        validation.write_bytes(_bytes(case["validation"]))
    form = Format(case["format"]) if "format" in case else None
    return check_file(path, validation=validation, format=form, profile=case.get("profile", "openai"))


def _found(code: str, report: Report) -> list[Any]:
    both = (*report.diagnostics, *(report.validation.diagnostics if report.validation else ()))
    return [d for d in both if d.code == code]


@pytest.mark.parametrize(("code", "case"), _cases("bad"))
def test_a_bad_file_is_reported(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    """The rule reports its condition, on the lines where it is."""
    found = [d for d in _found(code, _check(case, tmp_path)) if d.name == case["name"]]
    assert found
    assert sorted(d.location.line or 0 for d in found) == case.get("at", [0])
    if "severity" in case:
        assert {str(d.severity) for d in found} == {case["severity"]}


@pytest.mark.parametrize(("code", "case"), _cases("good"))
def test_a_good_file_is_left_alone(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    """The rule says nothing about a file that no source forbids."""
    assert _found(code, _check(case, tmp_path)) == []


@pytest.mark.parametrize(("code", "case"), _cases("fixed"))
def test_a_rewrite_cures_the_file(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    """The safe fix of a whole file writes exactly these bytes."""
    path = _write(case, tmp_path)
    rewrite = rule(code).rewrite
    assert rewrite is not None
    whole = path.read_bytes()
    for size in (len(whole) or 1, 7):
        pieces = (whole[i : i + size] for i in range(0, len(whole), size))
        expected = _bytes(case["becomes"])
        if size == len(whole) or code != "F003":  # the encoding is told from the first piece
            assert b"".join(rewrite(pieces)) == expected
    fix_file(path, profile="openai")
    assert _found(code, check_file(path, profile="openai")) == []


def test_more_examples_than_a_provider_takes_are_too_many() -> None:
    """Fireworks takes 3,000,000; that is a file too large, not one of too few examples."""
    for count, told in ((3_000_000, []), (3_000_001, ["F014"])):
        facts = FileFacts(Path("train.jsonl"), 10**9, lines=count, examples=count)
        found = [
            code
            for code in ("F014", "F015")
            for check in rule(code).checks
            if isinstance(check, FileCheck)
            for _ in check.run(facts, profile("fireworks"))
        ]
        assert found == told
