"""`sentitui split FILE`: a training and a validation file out of one."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sentitui import safe
from sentitui.cli.file_progress import file_progress
from sentitui.cli.files import unreadable

if TYPE_CHECKING:
    from sentitui.dataset.split import SplitReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the training file to split")
    parser.add_argument(
        "--validation",
        type=float,
        default=0.2,
        metavar="N",
        help="how much to hold out: a part such as 0.2 (the default), or a number of examples",
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="another seed is another split (default 1)"
    )
    parser.add_argument(
        "--out-train", type=Path, metavar="FILE", help="default: NAME.train.jsonl beside FILE"
    )
    parser.add_argument(
        "--out-validation", type=Path, metavar="FILE", help="default: NAME.validation.jsonl beside FILE"
    )
    parser.add_argument("--force", action="store_true", help="overwrite files that exist")
    parser.add_argument("--json", action="store_true", help="print what was done as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Splits and says how; 0 when both files are written, 2 when the file cannot be read."""
    if problem := unreadable(args.file):
        print(problem, file=sys.stderr)
        return 2
    from sentitui.dataset.split import split_file

    train = args.out_train or _beside(args.file, "train")
    validation = args.out_validation or _beside(args.file, "validation")
    with file_progress() as show:
        report = split_file(
            args.file,
            train,
            validation,
            args.validation,
            seed=args.seed,
            overwrite=args.force,
            on_progress=show,
        )
    if args.json:
        fields = dataclasses.asdict(report)
        print(json.dumps({"train_file": str(train), "validation_file": str(validation), **fields}))
        return 0
    print(f"{_side(train, report.train.examples, report.train.labels)}")
    print(f"{_side(validation, report.validation.examples, report.validation.labels)}")
    for note in _notes(report):
        print(note, file=sys.stderr)
    return 0


def _beside(path: Path, part: str) -> Path:
    return path.with_name(f"{path.stem}.{part}{path.suffix or '.jsonl'}")


def _side(path: Path, examples: int, labels: Mapping[str, int]) -> str:
    listed = ", ".join(f"{safe.line(label) or '(no label)'} {count}" for label, count in labels.items())
    return f"{safe.line(str(path))}: {examples} examples{f' ({listed})' if listed else ''}"


def _notes(report: SplitReport) -> list[str]:
    """What a person should know about this split, in sentences."""
    notes = []
    if report.together:
        what = "examples are" if report.by_whole_example else "inputs are"
        notes.append(
            f"Kept together: {report.together} examples, because their {what} the same or nearly so."
        )
    if report.validation.examples < report.wanted:
        notes.append(
            f"{report.wanted} were wanted for validation: groups of such examples did not fit exactly."
        )
    if not report.near_compared:
        notes.append("Too many examples to look for near-duplicates: only equal ones were kept together.")
    if report.undecodable:
        notes.append(
            f"{report.undecodable} lines are no examples; they went along. `sentitui check` says why."
        )
    if report.blank:
        notes.append(f"{report.blank} blank lines were left out.")
    return notes
