"""Safe fixes: what they change, what they never touch, and that a file is saved whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from sentitui.dataset.check import check_file
from sentitui.dataset.checking.examine import Setting, examine
from sentitui.dataset.fixes import apply, fix_file, repair_line
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import profile
from sentitui.dataset.rules import rule
from sentitui.errors import DatasetError
from tests.fakes.lines import any_line, chat, line, mutations

SETTING = Setting(None, Format.CHAT, profile("openai"))
GOOD = b"".join(line(chat(f"Question {i}?", f"Answer {i}")) + b"\n" for i in range(10))


def fixed(tmp_path: Path, content: bytes) -> bytes:
    """A file's bytes after its safe fixes."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(content)
    fix_file(path, profile="openai")
    return path.read_bytes()


def test_every_safe_fix_is_applied_in_one_go(tmp_path: Path) -> None:
    """File, line and example problems at once; other bytes stay."""
    role = (
        b'{"messages": [{"role" : "User", "content": "x"},  '
        b'{"role": "assistant", "content": "y", "weight": 1.0}]}'
    )
    content = b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n") + b"\r\n" + role + b",\r\n"
    becomes = role.replace(b"User", b"user").replace(b"1.0", b"1")
    assert fixed(tmp_path, content) == GOOD + becomes + b"\n"


def test_a_dry_run_shows_and_saves_nothing(tmp_path: Path) -> None:
    """The diff is there, the file as it was."""
    path = tmp_path / "train.jsonl"
    content = GOOD.replace(b'"user"', b'"User"', 1)
    path.write_bytes(content)
    done = fix_file(path, dry_run=True)
    assert path.read_bytes() == content
    assert done.applied == {"S007": 1}
    assert [text[:1] for text in done.diff[2:]] == ["@", "-", "+"]


def test_what_is_not_safe_is_left_alone(tmp_path: Path) -> None:
    """A key with a value, an unknown role and bytes of an unknown encoding are a person's to decide."""
    content = GOOD + b'{"id": 1, "messages": [{"role": "human", "content": "\xe9"}]}\n'
    assert fixed(tmp_path, content) == content


def test_a_file_without_problems_is_not_written(tmp_path: Path) -> None:
    """Its time of change stays."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(GOOD)
    before = path.stat().st_mtime_ns
    assert not fix_file(path).changed
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "content", [GOOD.decode().encode("utf-16"), b"[" + b",".join(GOOD.split(b"\n")[:-1]) + b"]"]
)
def test_a_file_that_is_no_lines_becomes_lines_without_problems(tmp_path: Path, content: bytes) -> None:
    """After the fixes of the whole file those of its lines are applied, until nothing safe is left."""
    fixed(tmp_path, content.replace(b'"user"', b'"User"'))
    assert not check_file(tmp_path / "train.jsonl", profile="openai").has_errors


def test_a_missing_file_is_an_error_with_its_name(tmp_path: Path) -> None:
    """Nothing is made in its place."""
    with pytest.raises(DatasetError, match="nowhere"):
        fix_file(tmp_path / "nowhere.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_the_diff_shows_no_control_character_raw(tmp_path: Path) -> None:
    """An escape sequence in the data stays data on a terminal."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(
        GOOD + b'{"messages": [{"role": "User", "content": "\x1b[31m \xc2\x9b \xe2\x80\xae"}]},\n'
    )
    assert all(text.isprintable() for text in fix_file(path).diff)


@given(any_line)
@settings(max_examples=150, deadline=None)
def test_repairing_a_line_ends_and_is_stable(one: bytes) -> None:
    """Whatever the line, safe repairs come to an end, and repairing again changes nothing."""
    repaired, _ = repair_line(one, SETTING)
    again = b"\n".join(repair_line(part, SETTING)[0] for part in repaired.split(b"\n"))
    assert again == repaired


def check_fixes(one: bytes) -> None:
    """Each offered fix can be applied or says that it cannot, and a safe one takes its finding away."""
    for diagnostic in examine(one, SETTING).diagnostics:
        if diagnostic.fix is None or rule(diagnostic.code).repair is None:
            continue
        changed = apply(one, diagnostic)
        if diagnostic.fix.safe and changed is not None and b"\n" not in changed:
            left = [d for d in examine(changed, SETTING).diagnostics if d.code == diagnostic.code]
            had = [d for d in examine(one, SETTING).diagnostics if d.code == diagnostic.code]
            assert len(left) < len(had)


@given(any_line)
@settings(max_examples=150, deadline=None)
def test_any_offered_fix_can_be_applied(one: bytes) -> None:
    """No fix raises, on whatever line it was offered."""
    check_fixes(one)


@pytest.mark.slow
def test_a_hundred_thousand_mutated_lines_are_repaired_without_a_crash() -> None:
    """No mutation makes a repair fail, hang, or go round in circles."""
    for one in mutations(11, 100_000):
        repaired, applied = repair_line(one, SETTING)
        assert bool(applied) == (repaired != one)
