"""Merging training files: every line once, as it is, in order; duplicates only on request; one format."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sentitui.dataset.merge import merge_files
from sentitui.errors import DatasetError

A = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "\xc3\xa9"}]}'
A_SPELT = b'{"messages":[{"content":"a","role":"user"},{"role":"assistant","content":"\\u00e9"}]}'
B = b'{"messages": [{"role": "user", "content": "b"}, {"role": "assistant", "content": "x"}]}'
COMPLETION = b'{"prompt": "a", "completion": "b"}\n'


def _files(folder: Path, *contents: bytes) -> list[Path]:
    paths = [folder / f"part{number}.jsonl" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def test_lines_follow_each_other_as_they_are(tmp_path: Path) -> None:
    """Only a missing line end is added, in its file's style; a later BOM and blank lines go, and are told."""
    paths = _files(tmp_path, A + b"\r\n\r\n" + B, b"\xef\xbb\xbf" + B + b"\n{broken\n")
    first, second = merge_files(paths, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == A + b"\r\n" + B + b"\r\n" + B + b"\n{broken\n"
    assert (first.examples, first.blank, second.examples) == (2, 1, 2)


def test_the_first_files_bom_stays(tmp_path: Path) -> None:
    """A BOM at the beginning of the whole is kept."""
    paths = _files(tmp_path, b"\xef\xbb\xbf" + A + b"\n", B + b"\n")
    merge_files(paths, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == b"\xef\xbb\xbf" + A + b"\n" + B + b"\n"


def test_duplicates_go_on_request_however_they_are_spelt(tmp_path: Path) -> None:
    """Equal examples count once, whatever their key order, spacing and escapes; the lines are named."""
    paths = _files(tmp_path, A + b"\n" + B + b"\n", A_SPELT + b"\n" + B)
    first, second = merge_files(paths, tmp_path / "out.jsonl", drop_duplicates=True)
    assert (tmp_path / "out.jsonl").read_bytes() == A + b"\n" + B + b"\n"
    assert (first.duplicates, second.duplicates) == ((), (1, 2))
    merge_files(paths, tmp_path / "all.jsonl")
    assert (tmp_path / "all.jsonl").read_bytes().count(b"\n") == 3


def test_a_duplicate_number_that_only_the_line_spells(tmp_path: Path) -> None:
    """An integer beyond 64 bits is compared exactly: other digits are another example."""
    one, other = (b'{"messages": [], "n": 1%d}\n' % number for number in (10**30, 10**30 + 1))
    (path,) = _files(tmp_path, one + other + one)
    (merged,) = merge_files([path], tmp_path / "out.jsonl", drop_duplicates=True)
    assert merged.duplicates == (3,)


def test_different_formats_are_refused(tmp_path: Path) -> None:
    """Chat and completion do not go into one file; each file's format is named and nothing is written."""
    paths = _files(tmp_path, A + b"\n", COMPLETION)
    with pytest.raises(DatasetError, match=r"part0\.jsonl is chat, .*part1\.jsonl is completion"):
        merge_files(paths, tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_an_output_among_the_inputs_is_refused(tmp_path: Path) -> None:
    """A file is never merged into itself, nor over something else without leave."""
    paths = _files(tmp_path, A + b"\n", B + b"\n")
    with pytest.raises(DatasetError, match="being read"):
        merge_files(paths, paths[0], overwrite=True)
    (tmp_path / "out.jsonl").write_text("mine")
    with pytest.raises(DatasetError, match="exists already"):
        merge_files(paths, tmp_path / "out.jsonl")
    assert sorted(os.listdir(tmp_path)) == ["out.jsonl", "part0.jsonl", "part1.jsonl"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there stops the merge with its name."""
    with pytest.raises(DatasetError, match=r"nowhere\.jsonl"):
        merge_files([tmp_path / "nowhere.jsonl"], tmp_path / "out.jsonl")
