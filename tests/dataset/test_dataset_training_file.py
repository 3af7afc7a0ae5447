"""A training file is always the lines a plain list would hold, whatever is done to it in whatever order."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sentitui.dataset.disk import BOM
from sentitui.dataset.edits import Batch, Delete, Duplicate, Edit, Insert, Move, Replace, SingleEdit
from sentitui.dataset.files import save_now
from sentitui.dataset.training_file import TrainingFile
from sentitui.errors import DatasetError

LINES = st.sampled_from([b"", b"a", b"\r", b"x\r", BOM + b"marked", b"\xff\x00\xe2\x80\xa8"])
ENDS = st.sampled_from([b"\n", b"\r\n"])


@dataclass(frozen=True)
class ModelLine:
    """A line as the plain model keeps it."""

    text: bytes
    end: bytes


Model = tuple[ModelLine, ...]


def parse(data: bytes) -> tuple[bytes, ...]:
    """The lines of a file, read in the plainest way."""
    *whole, rest = data.removeprefix(BOM).split(b"\n")
    return (*(line.removesuffix(b"\r") for line in whole), *([rest] if rest else []))


def written(model: Model, *, bom: bool, usual: bytes, final_newline: bool) -> bytes:
    """The bytes that a file of these lines must have."""
    ends = [b"\r\n" if line.text.endswith(b"\r") else line.end or usual for line in model]
    if model and not final_newline and model[-1].text:
        ends[-1] = b""
    return BOM * bom + b"".join(line.text + end for line, end in zip(model, ends, strict=True))


def edited(model: Model, edit: Edit, usual: bytes) -> Model:
    """The lines after an edit, by list operations."""
    if isinstance(edit, Batch):
        for single in edit.edits:
            model = edited(model, single, usual)
        return model
    lines = list(model)
    match edit:
        case Replace(at, text):
            lines[at] = ModelLine(text, lines[at].end)
        case Insert(at, text, _):
            lines.insert(at, ModelLine(text, usual))
        case Delete(at):
            del lines[at]
        case Move(at, to):
            lines.insert(to, lines.pop(at))
        case Duplicate(at):
            lines.insert(at + 1, lines[at])
    return tuple(lines)


def edits(count: int) -> st.SearchStrategy[SingleEdit]:
    """Any single edit that a file of `count` lines can take."""
    inserts = st.builds(Insert, st.integers(0, count), LINES)
    if not count:
        return inserts
    at = st.integers(0, count - 1)
    return st.one_of(
        inserts,
        st.builds(Replace, at, LINES),
        st.builds(Delete, at),
        st.builds(Move, at, at),
        st.builds(Duplicate, at),
    )


class EditingMachine(RuleBasedStateMachine):
    """Any sequence of edits, undo, redo, saves, endings and crashes."""

    file: TrainingFile

    def __init__(self) -> None:
        super().__init__()
        # Memory-backed where there is such a folder: every edit is synced.
        shared = Path("/dev/shm")  # noqa: S108
        self.folder = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
        self.path = self.folder / "train.jsonl"
        self.open: Callable[[], TrainingFile] = lambda: TrainingFile.open(
            self.path, journals=self.folder / "journals"
        )

    @initialize(
        lines=st.lists(st.tuples(LINES, ENDS), max_size=12),
        bom=st.booleans(),
        final_newline=st.booleans(),
        size=st.sampled_from([0, 0, 0, 90_000, 600_000]),
    )
    def begin(self, lines: list[tuple[bytes, bytes]], bom: bool, final_newline: bool, size: int) -> None:
        """A file with any line ends, sometimes larger than what opening reads at once."""
        if size and lines:
            lines[0] = (b"y" * size, lines[0][1])
        data = BOM * bom + b"".join(text + end for text, end in lines)
        if not final_newline and lines and lines[-1][0]:
            data = data.removesuffix(lines[-1][1])
        self.path.write_bytes(data)
        self.start_from(data)

    def start_from(self, data: bytes) -> None:
        """Opens the file as it is; all that an earlier session knew is gone."""
        self.bom = data.startswith(BOM)
        body = data.removeprefix(BOM)
        self.final_newline = not body or body.endswith(b"\n")
        self.usual = b"\r\n" if 2 * body.count(b"\r\n") > body.count(b"\n") else b"\n"
        ends = [b"\r\n" if part.endswith(b"\r") else b"\n" for part in body.split(b"\n")[:-1]]
        ends += [] if self.final_newline else [b""]
        self.model: Model = tuple(map(ModelLine, parse(data), ends))
        self.exact_ends = True
        self.past: list[Model] = []
        self.future: list[Model] = []
        self.file = self.open()
        self.file.wait_complete()

    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        """Any edit that the file can take."""
        edit = data.draw(edits(len(self.model)))
        self.file.apply(edit)
        self.past.append(self.model)
        self.future.clear()
        self.model = edited(self.model, edit, self.usual)

    @rule(data=st.data())
    def edit_many(self, data: st.DataObject) -> None:
        """Several edits as one step."""
        model, batch = self.model, []
        for _ in range(data.draw(st.integers(0, 4))):
            batch.append(data.draw(edits(len(model))))
            model = edited(model, batch[-1], self.usual)
        self.file.apply(Batch(tuple(batch)))
        if batch:
            self.past.append(self.model)
            self.future.clear()
        self.model = model

    @rule(data=st.data())
    def impossible_edit(self, data: st.DataObject) -> None:
        """An edit beyond the end changes nothing, not even as part of a batch."""
        beyond = len(self.model) + data.draw(st.integers(1, 3))
        with pytest.raises(DatasetError):
            self.file.apply(Batch((Insert(0, b"first"), Delete(beyond))))
        with pytest.raises(DatasetError):
            self.file.apply(Insert(0, b"two\nlines"))

    @rule()
    def undo(self) -> None:
        """Goes back one step, if there is one."""
        if self.file.undo() is not None:
            self.future.append(self.model)
            self.model = self.past.pop()
        else:
            assert not self.past

    @rule()
    def redo(self) -> None:
        """Goes forward one step, if there is one."""
        if self.file.redo() is not None:
            self.past.append(self.model)
            self.model = self.future.pop()
        else:
            assert not self.future

    @rule()
    def save(self) -> None:
        """Writes exactly the bytes that the lines ask for, or refuses and leaves the old ones."""
        before = self.path.read_bytes()
        if not self.bom and self.file.modified and self.model and self.model[0].text.startswith(BOM):
            with pytest.raises(DatasetError, match="byte order mark"):
                save_now(self.file)
            assert self.path.read_bytes() == before
            return
        save_now(self.file)
        data = self.path.read_bytes()
        if self.exact_ends:
            kept = {"bom": self.bom, "final_newline": self.final_newline}
            assert data == written(self.model, usual=self.usual, **kept)
        assert parse(data) == tuple(line.text for line in self.model)
        assert not self.file.modified

    @rule(torn=st.binary(max_size=40))
    def crash(self, torn: bytes) -> None:
        """A session that ends without saving leaves its edits to the next one, torn last record or not."""
        modified = self.file.modified
        left = {path: path.read_bytes() for path in (self.folder / "journals").glob("*.journal")}
        assert left or not modified
        self.file.close()
        # An orderly end tidies up: put back what a kill would have left.
        for path, data in left.items():
            path.write_bytes(data + torn)
        self.file = self.open()
        self.file.wait_complete()
        recovery = self.file.recovery
        assert (recovery is not None) == modified
        if recovery is not None:
            assert recovery.problem == ""
            with pytest.raises(DatasetError, match="earlier session"):
                self.file.apply(Insert(0, b""))
            recovery.restore()
        self.past = self.states_behind()
        self.future = []
        # The version on disk is the base now, and says itself how its lines end.
        self.exact_ends = False

    def states_behind(self) -> list[Model]:
        """Undo after a restore goes back through what the journal held, to the version on disk."""
        states: list[Model] = []
        while self.file.undo() is not None:
            states.insert(0, tuple(ModelLine(line, b"\n") for line in self.file.lines()))
        first = states[0] if states else self.model
        assert tuple(line.text for line in first) == parse(self.path.read_bytes())
        while self.file.redo() is not None:
            pass
        return states

    @precondition(lambda self: not self.file.modified)
    @rule()
    def reopen(self) -> None:
        """A saved file opens again as what it was."""
        self.file.close()
        self.start_from(self.path.read_bytes())
        assert self.file.recovery is None

    @invariant()
    def same_lines(self) -> None:
        """The file's lines are the model's, however they are asked for."""
        if not hasattr(self, "file"):
            return
        texts = [line.text for line in self.model]
        assert len(self.file) == len(texts)
        assert list(self.file.lines()) == texts
        assert [self.file.line(index) for index in range(len(texts))] == texts
        assert [self.file.line(index, limit=1) for index in range(len(texts))] == [text[:1] for text in texts]
        assert (self.file.can_undo, self.file.can_redo) == (bool(self.past), bool(self.future))

    def teardown(self) -> None:
        """Leaves nothing behind."""
        if hasattr(self, "file"):
            self.file.close(discard=True)
            assert sorted(entry.name for entry in self.folder.iterdir()) == ["journals", "train.jsonl"]
            assert list((self.folder / "journals").iterdir()) == []
        shutil.rmtree(self.folder)


class TestEditing(EditingMachine.TestCase):  # type: ignore[valid-type, misc]
    """Short sequences, for every run."""

    settings = settings(
        max_examples=100, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )


@pytest.mark.slow
class TestEditingAtLength(EditingMachine.TestCase):  # type: ignore[valid-type, misc]
    """Ten thousand sequences."""

    settings = settings(
        max_examples=10_000, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
    )
