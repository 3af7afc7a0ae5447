"""Edits outlive the program: found again after a crash if they fit; only one program edits at a time."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from sentitui.dataset.edits import Batch, Delete, Duplicate, Edit, Insert, Move, Replace
from sentitui.dataset.files import save_now
from sentitui.dataset.training_file import TrainingFile
from sentitui.errors import DatasetError

LINES = [b"%d" % number for number in range(20)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of twenty lines."""
    path = tmp_path / "train.jsonl"
    path.write_bytes(b"\n".join(LINES) + b"\n")
    return path


@pytest.fixture
def journals(tmp_path: Path) -> Path:
    """The folder of journals; it does not exist yet."""
    return tmp_path / "state" / "journals"


def leave(path: Path, journals: Path, *edits: Edit) -> None:
    """A session that makes edits and ends without saving them."""
    file = TrainingFile.open(path, journals=journals)
    for edit in edits:
        file.apply(edit)
    file.close()


EVERY_KIND: tuple[Edit, ...] = (
    Replace(3, b"\xff\x00 new"),
    Insert(0, b"top", b"\r\n"),
    Delete(5),
    Move(7, 2),
    Duplicate(9),
    Batch((Delete(0), Insert(4, b"four", b"\n"))),
)


def test_every_kind_of_edit_comes_back_as_it_was_made(path: Path, journals: Path) -> None:
    """The offer lists the edits themselves; restoring makes the same lines."""
    file = TrainingFile.open(path, journals=journals)
    for edit in EVERY_KIND:
        file.apply(edit)
    shown = list(file.lines())
    file.close()
    again = TrainingFile.open(path, journals=journals)
    assert list(again.lines()) == LINES
    assert again.recovery is not None
    assert again.recovery.edits == EVERY_KIND
    again.recovery.restore()
    assert list(again.lines()) == shown
    assert again.recovery is None
    again.close(discard=True)


def test_edits_made_after_a_restore_are_kept_behind_the_restored_ones(path: Path, journals: Path) -> None:
    """A second crash offers both."""
    leave(path, journals, Delete(0))
    file = TrainingFile.open(path, journals=journals)
    assert file.recovery is not None
    file.recovery.restore()
    file.apply(Delete(1))
    file.close()
    again = TrainingFile.open(path, journals=journals)
    assert again.recovery is not None
    assert again.recovery.edits == (Delete(0), Delete(1))
    again.close()


def test_until_old_edits_are_decided_upon_no_new_ones_are_taken(path: Path, journals: Path) -> None:
    """They would be made on other lines than the user meant."""
    leave(path, journals, Delete(0))
    file = TrainingFile.open(path, journals=journals)
    with pytest.raises(DatasetError, match="earlier session"):
        file.apply(Delete(0))
    assert file.recovery is not None
    file.recovery.discard()
    file.apply(Delete(4))
    assert file.line(4) == b"5"
    file.close(discard=True)
    assert TrainingFile.open(path, journals=journals).recovery is None


def test_what_was_undone_is_not_offered(path: Path, journals: Path) -> None:
    """A journal whose edits were all taken back has nothing to give."""
    file = TrainingFile.open(path, journals=journals)
    file.apply(Delete(0))
    file.undo()
    (journal,) = journals.glob("*.journal")
    left = journal.read_bytes()
    file.close()
    journal.write_bytes(left)
    again = TrainingFile.open(path, journals=journals)
    assert again.recovery is None
    again.close()


def test_undo_and_redo_of_many_edits_cost_the_journal_nothing(path: Path, journals: Path) -> None:
    """It is told the state to return to, not the lines."""
    file = TrainingFile.open(path, journals=journals)
    file.apply(Batch(tuple(Replace(index, b"x" * 1_000) for index in range(20))))
    (journal,) = journals.glob("*.journal")
    size = journal.stat().st_size
    for _ in range(3):
        file.undo()
        file.redo()
    assert journal.stat().st_size - size < 6 * 40
    file.apply(Delete(0))
    shown = list(file.lines())
    file.close()
    again = TrainingFile.open(path, journals=journals)
    assert again.recovery is not None
    assert [type(edit) for edit in again.recovery.edits] == [Batch, Delete]
    again.recovery.restore()
    assert list(again.lines()) == shown
    again.close(discard=True)


def test_after_a_save_that_failed_an_undo_is_an_undo_still(path: Path, journals: Path) -> None:
    """What was taken back is not offered, although a save was tried in between."""
    file = TrainingFile.open(path, journals=journals)
    file.apply(Insert(0, b"\xef\xbb\xbfmarked"))
    with pytest.raises(DatasetError, match="byte order mark"):
        save_now(file)
    file.undo()
    (journal,) = journals.glob("*.journal")
    left = journal.read_bytes()
    file.close()
    journal.write_bytes(left)
    again = TrainingFile.open(path, journals=journals)
    assert again.recovery is None
    again.close()


def test_undo_beyond_a_save_is_kept_too(path: Path, journals: Path) -> None:
    """The version on disk is what the edits of the journal start from, whichever way they go."""
    file = TrainingFile.open(path, journals=journals)
    file.apply(Delete(0))
    file.apply(Replace(0, b"one"))
    save_now(file)
    file.undo()
    file.undo()
    file.redo()
    file.undo()
    file.close()
    again = TrainingFile.open(path, journals=journals)
    assert again.recovery is not None
    again.recovery.restore()
    assert list(again.lines()) == LINES
    save_now(again)
    assert path.read_bytes() == b"\n".join(LINES) + b"\n"
    again.close()


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_torn_last_record_is_an_edit_never_made(path: Path, journals: Path, cut: int) -> None:
    """Whatever part of it reached the disk."""
    leave(path, journals, Delete(0), Replace(0, b"a text that is longer than the cut"))
    (journal,) = journals.glob("*.journal")
    journal.write_bytes(journal.read_bytes()[:-cut])
    file = TrainingFile.open(path, journals=journals)
    assert file.recovery is not None
    assert file.recovery.edits == (Delete(0),)
    file.close()


def test_a_flipped_bit_ends_the_journal_where_it_is(path: Path, journals: Path) -> None:
    """A record that does not match its checksum is not believed."""
    leave(path, journals, Delete(0), Replace(0, b"damaged"), Delete(1))
    (journal,) = journals.glob("*.journal")
    journal.write_bytes(journal.read_bytes().replace(b"damaged", b"demaged"))
    file = TrainingFile.open(path, journals=journals)
    assert file.recovery is not None
    assert file.recovery.edits == (Delete(0),)
    file.close()


def test_a_file_that_is_not_a_journal_is_no_offer(path: Path, journals: Path) -> None:
    """Nothing in it is believed, and edits can be made."""
    leave(path, journals, Delete(0))
    (journal,) = journals.glob("*.journal")
    journal.write_bytes(b"something else entirely\n")
    file = TrainingFile.open(path, journals=journals)
    assert file.recovery is None
    file.apply(Delete(0))
    file.close(discard=True)


def test_edits_do_not_fit_a_file_that_another_program_changed(path: Path, journals: Path) -> None:
    """They are shown with the reason, cannot be restored, and can be discarded."""
    leave(path, journals, Delete(0))
    path.write_bytes(b"other\n")
    file = TrainingFile.open(path, journals=journals)
    assert file.recovery is not None
    assert file.recovery.edits == (Delete(0),)
    assert "6 bytes" in file.recovery.problem
    with pytest.raises(DatasetError, match="do not fit"):
        file.recovery.restore()
    file.recovery.discard()
    file.apply(Insert(0, b"mine"))
    file.close(discard=True)


def test_edits_do_not_fit_other_content_of_the_same_size(path: Path, journals: Path) -> None:
    """The size alone proves nothing."""
    leave(path, journals, Delete(0))
    path.write_bytes(path.read_bytes().replace(b"7", b"8"))
    os.utime(path, ns=(1, 1))
    file = TrainingFile.open(path, journals=journals)
    assert file.recovery is not None
    assert "another program" in file.recovery.problem
    file.close(discard=True)


def test_edits_fit_a_copy_of_the_same_content(path: Path, journals: Path) -> None:
    """A file that was touched, copied back or restored from a backup is the same by its content."""
    leave(path, journals, Delete(0))
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)
    os.utime(path, ns=(1, 1))
    file = TrainingFile.open(path, journals=journals)
    assert file.recovery is not None
    assert file.recovery.problem == ""
    file.recovery.restore()
    file.apply(Delete(0))
    file.close()
    again = TrainingFile.open(path, journals=journals)
    assert again.recovery is not None
    assert again.recovery.problem == ""
    assert len(again.recovery.edits) == 2
    again.close()


def test_a_second_program_is_told_and_can_only_read(path: Path, journals: Path) -> None:
    """It is told which process edits the file; a lock does not outlive its process."""
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from sentitui.dataset.training_file import TrainingFile\n"
        "file = TrainingFile.open(sys.argv[1], journals=Path(sys.argv[2]))\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
    )
    arguments = [sys.executable, "-c", script, str(path), str(journals)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"open\n"
        second = TrainingFile.open(path, journals=journals)
        assert second.locked_by == first.pid
        assert second.line(3) == b"3"
        with pytest.raises(DatasetError, match=f"process {first.pid}"):
            second.apply(Delete(0))
        second.close()
        first.kill()
    third = TrainingFile.open(path, journals=journals)
    assert third.locked_by is None
    third.apply(Delete(0))
    third.close(discard=True)
    assert list(journals.iterdir()) == []


def test_two_names_of_one_file_are_one_file(path: Path, journals: Path) -> None:
    """A symbolic link does not get around the lock."""
    link = path.with_name("link")
    link.symlink_to(path)
    first = TrainingFile.open(path, journals=journals)
    second = TrainingFile.open(link, journals=journals)
    assert second.locked_by == os.getpid()
    second.close()
    first.close()


def test_an_edit_that_cannot_be_kept_is_not_made(path: Path, journals: Path) -> None:
    """With a full disk under the journal the edit is refused, the earlier ones stay, and later ones work."""
    file = TrainingFile.open(path, journals=journals)
    file.apply(Delete(0))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(DatasetError, match="journal"):
            file.apply(Insert(0, b"x" * 100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(file.lines()) == LINES[1:]
    file.apply(Delete(1))
    file.close()
    again = TrainingFile.open(path, journals=journals)
    assert again.recovery is not None
    assert again.recovery.edits == (Delete(0), Delete(1))
    again.close()


def test_a_full_disk_under_the_journal_does_not_keep_from_saving(path: Path, journals: Path) -> None:
    """The training file may be on another disk; so may the place to save it as."""
    file = TrainingFile.open(path, journals=journals)
    file.apply(Replace(0, b"x" * 5_000))
    file.apply(Replace(0, b"short"))
    (journal,) = journals.glob("*.journal")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (journal.stat().st_size, hard))
    try:
        with pytest.raises(DatasetError):
            file.apply(Delete(0))
        save_now(file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == b"\n".join([b"short", *LINES[1:]]) + b"\n"
    assert list(journals.glob("*.journal")) == []
    file.close()


def test_where_no_journal_can_be_kept_the_file_can_only_be_read(path: Path, tmp_path: Path) -> None:
    """It says so from the beginning, and refuses edits rather than risk them."""
    (tmp_path / "state").write_bytes(b"a file, not a folder")
    file = TrainingFile.open(path, journals=tmp_path / "state" / "journals")
    assert "kept safe" in file.read_only
    assert file.line(3) == b"3"
    with pytest.raises(DatasetError, match="kept safe"):
        file.apply(Delete(0))
    file.close()


def test_a_journal_that_cannot_be_read_is_not_written_over(path: Path, journals: Path) -> None:
    """What is in it may be somebody's work."""
    leave(path, journals, Delete(0))
    (journal,) = journals.glob("*.journal")
    kept = journal.rename(journal.with_suffix(".kept"))
    journal.mkdir()
    file = TrainingFile.open(path, journals=journals)
    assert "journal" in file.read_only
    file.close()
    journal.rmdir()
    kept.rename(journal)
    again = TrainingFile.open(path, journals=journals)
    assert again.recovery is not None
    again.close(discard=True)


def test_edits_made_while_a_save_is_writing_are_kept(path: Path, journals: Path) -> None:
    """They are not in the saved version, and the journal knows that."""
    file = TrainingFile.open(path, journals=journals)
    file.apply(Delete(0))

    def edit_once(written: int, total: int) -> None:
        if len(file) == 19:
            file.apply(Insert(0, b"late"))

    save_now(file, on_progress=edit_once)
    assert path.read_bytes() == b"\n".join(LINES[1:]) + b"\n"
    assert file.modified
    file.close()
    again = TrainingFile.open(path, journals=journals)
    assert again.recovery is not None
    assert again.recovery.edits == (Insert(0, b"late", b"\n"),)
    again.recovery.restore()
    save_now(again)
    assert path.read_bytes() == b"\n".join([b"late", *LINES[1:]]) + b"\n"
    again.close()
