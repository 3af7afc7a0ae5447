"""Splits a training file in two: what to train on, and what to validate with.

Seeded and the same everywhere; each label keeps its share; examples with the same or nearly the same input
stay together, so that nothing that is validated was trained on. Lines are copied byte for byte in their
order, broken ones too. Files of any size: only numbers are kept in memory, the file is read twice.
"""

from __future__ import annotations

import os
import random
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sentitui.dataset.disk import BOM, has_bom, open_regular
from sentitui.dataset.outputs import new_files
from sentitui.dataset.survey import Progress, Survey, groups, input_text, lines, survey, whole_text
from sentitui.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Side:
    """One half of a split: how many examples, and how many of each label (empty: nothing to stratify by)."""

    examples: int
    labels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SplitReport:
    """What was split: `wanted` validation examples were asked for, the sides say what there is."""

    train: Side
    validation: Side
    wanted: int
    together: int
    """Examples that were kept with at least one other, because their inputs are (nearly) the same."""
    by_whole_example: bool
    """More than half of the inputs are one and the same, so whole examples were compared instead."""
    near_compared: bool
    """False: too many examples to look for near-duplicates; only equal texts were kept together."""
    undecodable: int
    """Lines that are no example; they were split like any other, without a label."""
    blank: int
    """Blank lines, which are in neither file."""


def split_file(
    path: Path,
    train: Path,
    validation: Path,
    share: float = 0.2,
    *,
    seed: int = 1,
    overwrite: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> SplitReport:
    """Writes the two files, both whole or neither; `share` below 1 is a part of the examples, else a number.

    `on_progress` hears (bytes done, bytes to do). Raises DatasetError when the file cannot be read, has too
    few examples for this share, holds groups that do not fit, or an output cannot be written.
    """
    fd, status = open_regular(path)

    def report(done: int) -> None:
        if on_progress is not None:
            on_progress(done, 2 * status.st_size)

    with (
        os.fdopen(fd, "rb") as file,
        new_files([train, validation], overwrite=overwrite, keep=[path]) as outputs,
    ):
        found, belongs, by_whole = _surveyed(file, report)
        wanted = _wanted(len(found), share, path)
        chosen = choose(belongs, found.labels, wanted, seed)
        if not any(chosen):
            raise DatasetError(
                f"{path} cannot be split: too many of its examples are (nearly) the same.",
                f"They stay together, and no such group fits into {wanted} validation example(s).",
            )
        _copy(file, chosen, outputs, lambda done: report(status.st_size + done))
    return SplitReport(
        _side(found, chosen, 0),
        _side(found, chosen, 1),
        wanted,
        _together(belongs),
        by_whole,
        found.similarity.near_compared,
        found.undecodable,
        found.blank,
    )


def choose(belongs: Sequence[int], labels: Sequence[int], wanted: int, seed: int) -> bytearray:
    """Picks validation examples: a flag for each, whole groups only, each label by its share of `wanted`.

    `belongs` gives each example the number of its group's first one, `labels` the number of its label. Where
    groups do not fit exactly the result has fewer than `wanted`.
    """
    members: dict[int, list[int]] = {}
    for number, group in enumerate(belongs):
        members.setdefault(group, []).append(number)
    order = list(members)
    random.Random(seed).shuffle(order)  # noqa: S311 - the same choice for the same seed is the point
    room = quotas(Counter(labels), wanted)
    chosen = bytearray(len(belongs))
    for group in order:
        need = Counter(labels[number] for number in members[group])
        if all(room[label] >= count for label, count in need.items()):
            room.subtract(need)
            for number in members[group]:
                chosen[number] = 1
    return chosen


def quotas(counts: Mapping[int, int], wanted: int) -> Counter[int]:
    """Each label's part of `wanted` by its share, largest remainders first; the sum is exactly `wanted`."""
    total = sum(counts.values())
    parts = Counter({label: count * wanted // total for label, count in counts.items()})
    by_remainder = sorted(counts, key=lambda label: (-(counts[label] * wanted % total), label))
    for label in by_remainder[: wanted - parts.total()]:
        parts[label] += 1
    return parts


def _wanted(examples: int, share: float, path: Path) -> int:
    if not (0 < share < 1 or (share >= 1 and share == share // 1)):
        raise DatasetError(
            f"{share:g} is no size for a validation file.",
            "Give a part such as 0.2, or a number of examples.",
        )
    wanted = int(share) if share >= 1 else max(1, round(examples * share))
    if wanted >= examples:
        raise DatasetError(
            f"{path} has {examples} example(s): {wanted} for validation would leave none to train on.",
            "Ask for fewer.",
        )
    return wanted


def _surveyed(file: BinaryIO, progress: Progress) -> tuple[Survey, array[int], bool]:
    """The survey and its groups, by inputs; by whole examples where the inputs tell nothing."""
    found = survey(file, input_text, progress)
    if 2 * found.similarity.largest() <= len(found):
        return found, groups(found, file, input_text), False
    found = survey(file, whole_text, progress)
    return found, groups(found, file, whole_text), True


def _copy(file: BinaryIO, chosen: bytearray, outputs: Sequence[BinaryIO], progress: Progress) -> None:
    if has_bom(file.fileno()):
        for output in outputs:
            output.write(BOM)
    number = 0
    for offset, line in lines(file):
        if not line.strip():
            continue
        if number == len(chosen):
            break
        outputs[chosen[number]].write(line)
        number += 1
        if number % 8192 == 0:
            progress(offset)
    if number < len(chosen):
        raise DatasetError("The file became shorter while it was being split.", "Split it again.")


def _side(found: Survey, chosen: bytearray, side: int) -> Side:
    labels = Counter(
        found.names[label] for label, flag in zip(found.labels, chosen, strict=True) if flag == side
    )
    return Side(labels.total(), {} if len(found.names) == 1 else dict(sorted(labels.items())))


def _together(belongs: Sequence[int]) -> int:
    return sum(count for count in Counter(belongs).values() if count > 1)
