"""Editing sessions that are killed with SIGKILL, and what must be left of them.

Run as a program (`--help`), because it forks: a session runs in a child that says after each step that
the step was acknowledged; the parent kills it, looks at the disk, opens the file again and compares with
a plain list. Prints one line at the end; exit status 1 and the seed when something was lost or changed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from sentitui.dataset.edits import Batch, Delete, Duplicate, Edit, Insert, Move, Replace, SingleEdit
from sentitui.dataset.files import save_now
from sentitui.dataset.training_file import TrainingFile

Lines = tuple[bytes, ...]
Step = Edit | str
TEXTS = (b"", b"{}", b"word", b"x\r", b"\xff\x00", b"t" * 500)


@dataclass
class Model:
    """What a plain list would hold, and what is on disk."""

    lines: Lines
    past: list[Lines] = field(default_factory=list)
    future: list[Lines] = field(default_factory=list)

    def take(self, step: Step) -> None:
        """Does what a session does with `step`."""
        if step == "undo":
            self.future.append(self.lines)
            self.lines = self.past.pop()
        elif step == "redo":
            self.past.append(self.lines)
            self.lines = self.future.pop()
        elif step != "save" and not isinstance(step, str):
            self.past.append(self.lines)
            self.future.clear()
            self.lines = edited(self.lines, step)


def edited(lines: Lines, edit: Edit) -> Lines:
    """The lines after an edit, by list operations."""
    for single in edit.edits if isinstance(edit, Batch) else (edit,):
        changed = list(lines)
        match single:
            case Replace(at, text):
                changed[at] = text
            case Insert(at, text, _):
                changed.insert(at, text)
            case Delete(at):
                del changed[at]
            case Move(at, to):
                changed.insert(to, changed.pop(at))
            case Duplicate(at):
                changed.insert(at + 1, changed[at])
        lines = tuple(changed)
    return lines


def some_edit(rng: random.Random, count: int) -> SingleEdit:
    """Any edit that a file of `count` lines can take."""
    if not count:
        return Insert(0, rng.choice(TEXTS))
    at, to = rng.randrange(count), rng.randrange(count)
    choices: list[SingleEdit] = [
        Insert(at, rng.choice(TEXTS)),
        Replace(at, rng.choice(TEXTS)),
        Delete(at),
        Move(at, to),
        Duplicate(at),
    ]
    return rng.choice(choices)


def some_steps(rng: random.Random, lines: Lines, count: int) -> tuple[list[Step], list[Lines]]:
    """Steps of a session, and the lines before the first and after each."""
    model = Model(lines)
    steps: list[Step] = []
    states = [lines]
    for _ in range(count):
        possible = ["edit", "edit", "edit", "batch", "save"]
        possible += ["undo"] * 2 if model.past else []
        possible += ["redo"] * 2 if model.future else []
        step: Step = rng.choice(possible)
        if step == "edit":
            step = some_edit(rng, len(model.lines))
        elif step == "batch":
            first = some_edit(rng, len(model.lines))
            step = Batch((first, some_edit(rng, len(edited(model.lines, first)))))
        model.take(step)
        steps.append(step)
        states.append(model.lines)
    return steps, states


def run_session(path: Path, journals: Path, steps: list[Step], acknowledge: Callable[[], None]) -> None:
    """Opens, restores what was left, does the steps."""
    file = TrainingFile.open(path, journals=journals)
    file.wait_complete()
    if file.recovery is not None:
        file.recovery.restore()
    for step in steps:
        if step == "undo":
            file.undo()
        elif step == "redo":
            file.redo()
        elif step == "save":
            save_now(file)
        elif not isinstance(step, str):
            file.apply(step)
        acknowledge()
    file.close()


def kill_at_line(number: int) -> None:
    """Kills this process when it is about to execute its `number`-th line of sentitui's dataset code."""
    seen = 0

    def trace(frame: FrameType, event: str, _: object) -> object:
        nonlocal seen
        if "sentitui/dataset" not in frame.f_code.co_filename:
            return None
        if event == "line":
            seen += 1
            if seen >= number:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)  # type: ignore[arg-type]


def killed_session(path: Path, journals: Path, steps: list[Step], rng: random.Random) -> tuple[int, bool]:
    """Runs a session in a child and kills it; how many steps it acknowledged, and whether it was killed."""
    reader, writer = os.pipe()
    at_line = rng.randrange(1, 250 * len(steps)) if rng.random() < 0.7 else 0
    after_steps, spin = rng.randrange(len(steps) + 1), rng.randrange(20_000)

    def acknowledge() -> None:
        os.write(writer, b".")

    child = os.fork()
    if child == 0:
        status = 1
        try:
            if at_line:
                kill_at_line(at_line)
            run_session(path, journals, steps, acknowledge)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    acknowledged = 0
    while at_line == 0 and acknowledged < after_steps:
        acknowledged += len(os.read(reader, 1)) or sys.exit("the session ended by itself")
    if at_line == 0:
        for _ in range(spin):
            pass
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    while rest := os.read(reader, 4096):
        acknowledged += len(rest)
    os.close(reader)
    assert os.WIFSIGNALED(status) or status == 0, "the session failed by itself"
    return acknowledged, os.WIFSIGNALED(status)


def parse(data: bytes) -> Lines:
    """The lines of a file, read in the plainest way."""
    *whole, rest = data.split(b"\n")
    return (*(line.removesuffix(b"\r") for line in whole), *([rest] if rest else []))


def check_after(path: Path, journals: Path, allowed: list[Lines], whole: list[Lines]) -> Lines:
    """The version on disk is whole, and with what is offered it is an allowed state: that state."""
    assert parse(path.read_bytes()) in whole, "the file on disk is no version that was ever saved"
    file = TrainingFile.open(path, journals=journals)
    file.wait_complete()
    if file.recovery is not None:
        assert file.recovery.problem == "", file.recovery.problem
        file.recovery.restore()
    lines = tuple(file.lines())
    file.close()
    assert lines in allowed, "edits were lost, or lines changed that were not edited"
    assert [entry.name for entry in path.parent.iterdir() if entry != journals] == [path.name], (
        "files were left"
    )
    return lines


def run(seed: int, folder: Path) -> int:
    """One file through three killed sessions; how many of them were really killed."""
    rng = random.Random(seed)
    path, journals = folder / "train.jsonl", folder / "journals"
    lines = tuple(rng.choice(TEXTS) for _ in range(rng.randrange(8)))
    if rng.random() < 0.1:
        lines = (b"y" * 600_000, *lines)
    path.write_bytes(b"".join(line + b"\r\n" for line in lines))
    on_disk = lines
    kills = 0
    for _ in range(3):
        steps, states = some_steps(rng, lines, rng.randrange(1, 12))
        acknowledged, killed = killed_session(path, journals, steps, rng)
        kills += killed
        # The step under way may have happened or not; what was acknowledged has.
        happened = states[: acknowledged + 2]
        saves = [state for step, state in zip(steps, happened[1:], strict=False) if step == "save"]
        lines = check_after(path, journals, happened[acknowledged:], [on_disk, *saves])
        on_disk = parse(path.read_bytes())
    return kills


def main() -> None:
    """Runs the seeds that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    arguments = parser.parse_args()
    shared = Path("/dev/shm")  # noqa: S108 - memory-backed where it can be: every edit is synced
    kills = 0
    for seed in range(arguments.first, arguments.first + arguments.count):
        folder = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
        try:
            kills += run(seed, folder)
        except BaseException:
            print(f"seed {seed} failed in {folder}", file=sys.stderr)
            raise
        shutil.rmtree(folder)
    print(f"{arguments.count} files, {kills} sessions killed")


if __name__ == "__main__":
    main()
