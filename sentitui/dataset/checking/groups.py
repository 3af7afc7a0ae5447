"""Finds the examples that share a hash, over one file or two, without a dictionary of them all."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from sentitui.dataset.columns import Columns
from sentitui.dataset.rules.rule import Member

_SPLIT_ABOVE = 1_000_000
_BUCKETS = 64
_MEMBERS_AT_ONCE = 200_000  # some 50 MB


def shared_prompts(columns: Columns, validation: Columns | None) -> Iterator[list[Member]]:
    """Groups of at least two examples with the same folded prompt, each in file order."""
    keys = columns.prompt if validation is None else columns.prompt + validation.prompt
    repeated = _repeated(keys)
    if not repeated:
        return
    passes = 1 + sum(key in repeated for key in keys) // _MEMBERS_AT_ONCE
    for number in range(passes):
        wanted = {key for key in repeated if key % passes == number}
        yield from _groups(columns, validation, wanted)


def _groups(columns: Columns, validation: Columns | None, wanted: set[int]) -> Iterator[list[Member]]:
    groups: dict[int, list[Member]] = {}
    for is_validation, part in ((False, columns), (True, validation)):
        if part is not None:
            for index, key in enumerate(part.prompt):
                if key in wanted:
                    groups.setdefault(key, []).append(member(part, index, is_validation))
    yield from groups.values()


def member(columns: Columns, index: int, is_validation: bool) -> Member:
    """One example as the rules about groups see it."""
    return Member(
        index + 1,
        is_validation,
        columns.exact[index],
        columns.folded(index),
        columns.prompt[index],
        columns.answer[index],
        columns.tables["label"].text(columns.numbers["label"][index]),
    )


def subgroups(members: Sequence[Member], key: str) -> Iterator[list[Member]]:
    """Members of one prompt by a finer key, only where at least two share it."""
    found: dict[int, list[Member]] = {}
    for one in members:
        found.setdefault(getattr(one, key), []).append(one)
    return (group for value, group in found.items() if value and len(group) > 1)


def _repeated(keys: array[int]) -> set[int]:
    """The values, 0 aside, that occur more than once; of many keys a part at a time, to bound memory."""
    if len(keys) <= _SPLIT_ABOVE:
        return _repeated_in(keys)
    buckets = [array("Q") for _ in range(_BUCKETS)]
    for key in keys:
        buckets[key % _BUCKETS].append(key)
    return set().union(*map(_repeated_in, buckets))


def _repeated_in(keys: array[int]) -> set[int]:
    once = set(keys)
    if len(once) == len(keys):
        return set()
    repeated: set[int] = set()
    for key in keys:
        # The first occurrence takes the key away, so a second one does not find it.
        if key in once:
            once.discard(key)
        elif key:
            repeated.add(key)
    return repeated
