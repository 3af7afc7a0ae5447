"""A save writes exactly the lines, whole or not at all, and keeps what the old file was besides its lines."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import resource
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentitui.dataset.disk import BOM, DiskState
from sentitui.dataset.edits import Delete, Duplicate, Edit, Insert, Move, Replace
from sentitui.dataset.files import export_now, load, reload, save, save_now
from sentitui.dataset.training_file import TrainingFile
from sentitui.errors import DatasetError, FileChanged


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of three lines."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"one\ntwo\nthree\n")
    return path


def changed(path: Path, *edits: Edit, journals: Path | None = None) -> TrainingFile:
    """The file, opened and edited."""
    file = TrainingFile.open(path, journals=journals)
    for edit in edits:
        file.apply(edit)
    return file


def lines_of(data: bytes) -> list[bytes]:
    """The lines of a file, read in the plainest way."""
    *whole, rest = data.removeprefix(BOM).split(b"\n")
    return [*(line.removesuffix(b"\r") for line in whole), *([rest] if rest else [])]


def small_files() -> Iterator[bytes]:
    """Every file of up to two lines made of these texts and ends."""
    parts = [text + end for text in (b"", b"a", b"b\r") for end in (b"\n", b"\r\n")]
    for bom, count in itertools.product((b"", BOM), range(3)):
        for chosen in itertools.product(parts, repeat=count):
            yield bom + b"".join(chosen)
            yield bom + b"".join(chosen).removesuffix(b"\n")


def every_edit(count: int) -> Iterator[Edit]:
    """Every single edit of a file of `count` lines, with a few texts."""
    for at, text in itertools.product(range(count + 1), (b"", b"new", b"r\r")):
        yield Insert(at, text)
        if at < count:
            yield Replace(at, text)
    for at in range(count):
        yield Delete(at)
        yield Duplicate(at)
        yield from (Move(at, to) for to in range(count))


def test_after_any_edit_of_any_small_file_the_saved_lines_are_the_lines_shown() -> None:
    """All line ends, with and without BOM and final newline, and every edit of them."""
    shared = Path("/dev/shm")  # noqa: S108 - thousands of synced saves
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        path = Path(folder) / "x.jsonl"
        for data in dict.fromkeys(small_files()):
            for edit in every_edit(len(lines_of(data))):
                path.write_bytes(data)
                file = changed(path, edit)
                shown = list(file.lines())
                save_now(file)
                file.close()
                saved = path.read_bytes()
                assert lines_of(saved) == shown, (data, edit)
                assert saved.startswith(BOM) == data.startswith(BOM)
                if data.removeprefix(BOM) and not data.endswith(b"\n") and shown and shown[-1]:
                    assert not saved.endswith(b"\n"), (data, edit)


def test_untouched_lines_are_written_back_byte_for_byte(tmp_path: Path) -> None:
    """Mixed line ends, invalid UTF-8, NUL: what was not edited is not read as anything."""
    path = tmp_path / "mixed.jsonl"
    path.write_bytes(BOM + b"first\r\n\xff\x00\n\r\r\n \xe2\x80\xa8 \nlast")
    file = changed(path, Replace(0, b"FIRST"))
    save_now(file)
    assert path.read_bytes() == BOM + b"FIRST\r\n\xff\x00\n\r\r\n \xe2\x80\xa8 \nlast"
    file.close()


def test_inserted_lines_end_as_most_lines_do(tmp_path: Path) -> None:
    """Two CRLF against one LF: a new line gets CRLF."""
    path = tmp_path / "mostly.jsonl"
    path.write_bytes(b"a\r\nb\nc\r\n")
    file = changed(path, Insert(1, b"new"))
    save_now(file)
    assert path.read_bytes() == b"a\r\nnew\r\nb\nc\r\n"
    file.close()


def test_a_file_without_final_newline_keeps_none(tmp_path: Path) -> None:
    """The line that had none gets one when it is no longer last, and the new last one has none."""
    path = tmp_path / "open.jsonl"
    path.write_bytes(b"a\nb")
    file = changed(path, Insert(2, b"c"), Duplicate(1))
    save_now(file)
    assert path.read_bytes() == b"a\nb\nb\nc"
    file.close()


def test_a_first_line_that_would_read_as_a_byte_order_mark_is_refused(tmp_path: Path) -> None:
    """Saving it would take the mark away from the line at the next opening."""
    path = tmp_path / "inner.jsonl"
    path.write_bytes(b"a\n" + BOM + b"b\n")
    file = changed(path, Delete(0))
    with pytest.raises(DatasetError, match="byte order mark"):
        save_now(file)
    assert path.read_bytes() == b"a\n" + BOM + b"b\n"
    file.close()


def test_mode_owner_and_attributes_stay(path: Path) -> None:
    """A save changes the lines and nothing else of the file."""
    path.chmod(0o640)
    with contextlib.suppress(OSError):  # where the file system has none there is nothing to keep
        os.setxattr(path, "user.note", b"kept")
    before, attributes = path.stat(), os.listxattr(path)
    file = changed(path, Delete(0))
    saved = save_now(file)
    after = path.stat()
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    assert os.listxattr(path) == attributes
    assert (saved.notes, saved.size) == ((), len(b"two\nthree\n"))
    file.close()


def test_a_symbolic_link_stays_a_link(path: Path) -> None:
    """The file that it points to is what gets saved."""
    link = path.with_name("link.jsonl")
    link.symlink_to(path.name)
    file = changed(link, Delete(0))
    save_now(file)
    assert link.is_symlink()
    assert path.read_bytes() == b"two\nthree\n"
    assert file.disk_state is DiskState.SAME
    file.close()


def test_a_hard_link_is_said_to_keep_the_old_content(path: Path) -> None:
    """The save cannot be whole and in place at once; the user is told."""
    path.with_name("other.jsonl").hardlink_to(path)
    file = changed(path, Delete(0))
    assert "1 other name" in save_now(file).notes[0]
    file.close()


def test_saving_what_is_not_modified_writes_nothing(path: Path) -> None:
    """Not even the time of the file changes."""
    before = path.stat().st_mtime_ns
    file = TrainingFile.open(path)
    save_now(file)
    assert path.stat().st_mtime_ns == before
    file.close()


def test_after_a_save_undo_still_goes_back_before_it(path: Path) -> None:
    """And what it shows can be saved again, to the byte."""
    file = changed(path, Delete(0), Insert(0, b"zero"))
    save_now(file)
    assert not file.edited(0)
    file.undo()
    file.undo()
    assert file.modified
    save_now(file)
    assert path.read_bytes() == b"one\ntwo\nthree\n"
    file.redo()
    assert list(file.lines()) == [b"two", b"three"]
    file.close()


def test_a_version_saved_by_another_program_is_not_overwritten_unseen(path: Path) -> None:
    """The user is told, and can still overwrite, or save elsewhere and lose nothing."""
    file = changed(path, Delete(0))
    other = path.with_name("new")
    other.write_bytes(b"theirs\n")
    other.replace(path)
    assert file.disk_state is DiskState.REPLACED
    with pytest.raises(FileChanged, match="another program"):
        save_now(file)
    assert path.read_bytes() == b"theirs\n"
    save_now(file, overwrite_changed=True)
    assert path.read_bytes() == b"two\nthree\n"
    file.apply(Delete(0))
    save_now(file)
    assert path.read_bytes() == b"three\n"
    file.close()


def test_a_file_that_was_only_touched_can_be_overwritten(path: Path) -> None:
    """Its time changed, its content did not: the lines that we copy are the ones that were opened."""
    file = changed(path, Delete(0))
    os.utime(path, ns=(1, 1))
    assert file.disk_state is DiskState.REWRITTEN
    with pytest.raises(FileChanged):
        save_now(file)
    save_now(file, overwrite_changed=True)
    assert path.read_bytes() == b"two\nthree\n"
    file.close()


@pytest.mark.parametrize("as_other", [False, True])
def test_lines_changed_in_place_are_never_mixed_into_a_save(path: Path, as_other: bool) -> None:
    """The lines that were opened are gone: neither overwriting nor saving elsewhere pretends otherwise."""
    file = changed(path, Delete(0))
    with path.open("r+b") as theirs:
        theirs.write(b"ONE\nTWO\n")
    with pytest.raises(DatasetError, match="changed in place"):
        save_now(file, path.with_name("mine.jsonl") if as_other else None, overwrite_changed=True)
    assert path.read_bytes() == b"ONE\nTWO\nthree\n"
    assert [entry.name for entry in path.parent.iterdir()] == ["train.jsonl"]
    file.close()


def test_a_deleted_file_can_be_put_back(path: Path) -> None:
    """It is said first; the lines are still here."""
    file = changed(path, Delete(0))
    path.unlink()
    with pytest.raises(FileChanged, match="no longer there"):
        save_now(file)
    save_now(file, overwrite_changed=True)
    assert path.read_bytes() == b"two\nthree\n"
    file.close()


def test_save_as_goes_on_at_the_new_place(path: Path, tmp_path: Path) -> None:
    """The old file is as before; later edits and their journal belong to the new one."""
    journals = tmp_path / "journals"
    file = changed(path, Delete(0), journals=journals)
    target = tmp_path / "copy.jsonl"
    save_now(file, target)
    assert (file.path, file.modified) == (target, False)
    assert path.read_bytes() == b"one\ntwo\nthree\n"
    file.apply(Delete(0))
    file.close()
    reopened = TrainingFile.open(target, journals=journals)
    assert reopened.recovery is not None
    assert reopened.recovery.edits == (Delete(0),)
    reopened.close(discard=True)
    untouched = TrainingFile.open(path, journals=journals)
    assert untouched.recovery is None
    untouched.close()


def test_save_as_does_not_overwrite_another_file_unasked(path: Path) -> None:
    """A file that is there already is somebody's."""
    target = path.with_name("theirs.jsonl")
    target.write_bytes(b"theirs\n")
    file = changed(path, Delete(0))
    with pytest.raises(FileChanged, match="already"):
        save_now(file, target)
    assert (file.path, target.read_bytes()) == (path, b"theirs\n")
    save_now(file, target, overwrite_changed=True)
    assert target.read_bytes() == b"two\nthree\n"
    file.close()


def test_save_as_leaves_alone_what_another_program_edits(path: Path, tmp_path: Path) -> None:
    """Its lock counts for every way of writing it."""
    journals, target = tmp_path / "journals", tmp_path / "theirs.jsonl"
    target.write_bytes(b"theirs\n")
    theirs = TrainingFile.open(target, journals=journals)
    file = changed(path, Delete(0), journals=journals)
    with pytest.raises(DatasetError, match="edited by another program"):
        save_now(file, target, overwrite_changed=True)
    assert (file.path, file.modified, target.read_bytes()) == (path, True, b"theirs\n")
    file.close(discard=True)
    theirs.close()


def test_a_selection_is_exported_in_its_order_and_the_file_stays(path: Path) -> None:
    """Edits included, each line whole."""
    file = changed(path, Replace(2, b"THREE"))
    target = path.with_name("selection.jsonl")
    export_now(file, target, [2, 0])
    assert target.read_bytes() == b"THREE\none\n"
    assert (file.path, file.modified) == (path, True)
    with pytest.raises(FileChanged):
        export_now(file, target, [1])
    with pytest.raises(DatasetError, match="itself"):
        export_now(file, path, [1])
    with pytest.raises(DatasetError, match="no line 9"):
        export_now(file, path.with_name("more.jsonl"), [8])
    assert not path.with_name("more.jsonl").exists()
    file.close()


def test_a_full_disk_leaves_the_old_file_and_no_other(path: Path) -> None:
    """The limit on file sizes stands for the disk: the writing fails in the middle."""
    file = changed(path, Insert(0, b"x" * 300_000))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(DatasetError) as caught:
            save_now(file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "Free some space" in caught.value.hint
    assert path.read_bytes() == b"one\ntwo\nthree\n"
    assert [entry.name for entry in path.parent.iterdir()] == ["train.jsonl"]
    assert file.modified
    save_now(file)
    assert path.read_bytes() == b"x" * 300_000 + b"\none\ntwo\nthree\n"
    file.close()


def test_a_full_disk_while_the_kernel_copies_is_noticed_too(tmp_path: Path) -> None:
    """Untouched lines are copied by another way than ours are written."""
    path = tmp_path / "large.jsonl"
    path.write_bytes(b"y" * 99 + b"\n")
    with path.open("ab") as file:
        file.writelines(b"z" * 99 + b"\n" for _ in range(5_000))
    before = path.read_bytes()
    training = changed(path, Delete(0))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(DatasetError, match="Cannot write"):
            save_now(training)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["large.jsonl"]
    training.close()


def test_a_folder_that_takes_no_files_is_said(path: Path, tmp_path: Path) -> None:
    """The message names the file and the reason."""
    file = changed(path, Delete(0))
    with pytest.raises(DatasetError, match="nowhere"):
        save_now(file, tmp_path / "nowhere" / "x.jsonl")
    file.close()


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    """Each call says how many bytes are written and how many there will be."""
    path = tmp_path / "large.jsonl"
    path.write_bytes((b"z" * 99 + b"\n") * 50_000)
    file = changed(path, Delete(3))
    seen: list[tuple[int, int]] = []
    save_now(file, on_progress=lambda written, total: seen.append((written, total)))
    assert seen == sorted(seen)
    assert seen[-1][0] == path.stat().st_size
    file.close()


async def test_files_load_save_and_reload_without_holding_the_loop(path: Path, tmp_path: Path) -> None:
    """The coroutines do what the plain functions do."""
    file = await load(path, journals=tmp_path / "journals")
    file.apply(Delete(0))
    assert (await save(file)).size == len(b"two\nthree\n")
    file.apply(Delete(0))
    fresh = await reload(file)
    assert list(fresh.lines()) == [b"two", b"three"]
    assert fresh.recovery is None
    fresh.close()


async def test_what_is_gone_is_not_reloaded_and_the_open_file_stays(path: Path) -> None:
    """The lines that were opened can still be read, and saved elsewhere."""
    file = await load(path)
    file.apply(Delete(0))
    await asyncio.to_thread(path.unlink)
    with pytest.raises(DatasetError, match="Cannot open"):
        await reload(file)
    assert list(file.lines()) == [b"two", b"three"]
    file.close()


@pytest.mark.parametrize("kind", ["folder", "pipe", "missing", "device"])
def test_what_is_not_a_regular_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    """A pipe without a writer must not make the program wait."""
    path = tmp_path / "it"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path(os.devnull)
    with pytest.raises(DatasetError, match="Cannot open"):
        TrainingFile.open(path)
