"""The digests of a whole file in columns: 37 bytes an example, whatever the texts.

Index i is line i + 1; a line that holds no example has zeros. Texts that repeat (labels, system prompts,
column sets, ends) are numbered in a table of bounded size. Columns of parts of a file are joined in file
order.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Iterator
from typing import Literal

from sentitui.dataset.digest import Digest, mix
from sentitui.dataset.format import Format

Feature = Literal["label", "system", "columns", "ends"]
FEATURES: tuple[Feature, ...] = ("label", "system", "columns", "ends")
UNNUMBERED = 0xFFFFFFFF
"""Stands for a text that came after the table was full."""

Row = tuple[int, int, int, int, int]
"""An ordinary conversation: exact, prompt, answer, and the numbers of its label and its system text."""

NO_ROW: Row = (0, 0, 0, 0, 0)
"""Stands for a line whose digest is put later."""

_MOST_TEXTS = 10_000
_MOST_CHARACTERS = 2_000_000
_FORMATS = tuple(Format)
_ORDINARY = _FORMATS.index(Format.CHAT) + 1
_IMAGES = 0x10


class Table:
    """Numbers texts from 1 in the order of appearance, up to 10,000 texts and 2 million characters."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}
        self._characters = 0
        self.full = False

    def number(self, text: str) -> int:
        """The number of a text; UNNUMBERED when it is new and the table is full."""
        known = self._numbers.get(text)
        if known is not None:
            return known
        if self.full or len(self.texts) >= _MOST_TEXTS or self._characters + len(text) > _MOST_CHARACTERS:
            self.full = True
            return UNNUMBERED
        self._characters += len(text)
        self.texts.append(text)
        self._numbers[text] = len(self.texts)
        return len(self.texts)

    def text(self, number: int) -> str | None:
        """The text of a number; None for 0 (no text) and for UNNUMBERED."""
        return self.texts[number - 1] if 0 < number < UNNUMBERED else None


class Columns:
    """The digests of consecutive lines."""

    def __init__(self) -> None:
        self.exact = array("Q")
        self.prompt = array("Q")
        self.answer = array("I")
        self.kind = bytearray()
        self.numbers: dict[Feature, array[int]] = {feature: array("I") for feature in FEATURES}
        self.tables: dict[Feature, Table] = {feature: Table() for feature in FEATURES}

    def __len__(self) -> int:
        return len(self.kind)

    def append(self, digest: Digest | None) -> None:
        """Adds one line; None: it holds no example."""
        self.insert(len(self), digest)

    def add_conversations(self, rows: list[Row], others: list[int]) -> None:
        """Adds the digests of ordinary conversations; those at the indexes `others` are put later."""
        if not rows:
            return
        exact, prompt, answer, label, system = zip(*rows, strict=True)
        self.exact.extend(exact)
        self.prompt.extend(prompt)
        self.answer.extend(answer)
        self.numbers["label"].extend(label)
        self.numbers["system"].extend(system)
        for feature in ("columns", "ends"):
            self.numbers[as_feature(feature)].frombytes(bytes(4 * len(rows)))
        kind = bytearray([_ORDINARY]) * len(rows)
        for index in others:
            kind[index] = 0
        self.kind.extend(kind)

    def put(self, index: int, digest: Digest | None) -> None:
        """Replaces one line's digest."""
        self.exact[index], self.prompt[index], self.answer[index] = _hashes(digest)
        self.kind[index] = _kind(digest)
        for feature in FEATURES:
            self.numbers[feature][index] = self._number(feature, digest)

    def insert(self, index: int, digest: Digest | None) -> None:
        """Puts one line's digest before the line at `index`."""
        for column, value in zip((self.exact, self.prompt, self.answer), _hashes(digest), strict=True):
            column.insert(index, value)
        self.kind.insert(index, _kind(digest))
        for feature in FEATURES:
            self.numbers[feature].insert(index, self._number(feature, digest))

    def _number(self, feature: Feature, digest: Digest | None) -> int:
        text = getattr(digest, feature) if digest else None
        return self.tables[feature].number(text) if text is not None else 0

    def delete(self, index: int) -> None:
        """Takes one line out."""
        for column in (self.exact, self.prompt, self.answer, self.kind, *self.numbers.values()):
            del column[index]

    def digest(self, index: int) -> Digest | None:
        """The digest of the line at `index`; None when it holds no example."""
        kind = self.kind[index]
        if not kind:
            return None
        label, system, columns, ends = (
            self.tables[feature].text(self.numbers[feature][index]) for feature in FEATURES
        )
        form = _FORMATS[(kind & 0x0F) - 1]
        return Digest(
            self.exact[index],
            self.prompt[index],
            self.answer[index],
            form,
            label,
            system,
            columns,
            bool(kind & _IMAGES),
            ends,
        )

    def extend(self, other: Columns) -> None:
        """Joins the columns of the lines that follow."""
        self.exact.extend(other.exact)
        self.prompt.extend(other.prompt)
        self.answer.extend(other.answer)
        self.kind.extend(other.kind)
        for feature in FEATURES:
            own, theirs = self.tables[feature], other.tables[feature]
            renumbered = [0, *map(own.number, theirs.texts)]
            own.full = own.full or theirs.full
            if renumbered == list(range(len(renumbered))) and not theirs.full:
                self.numbers[feature].extend(other.numbers[feature])
            else:
                self.numbers[feature].extend(
                    UNNUMBERED if number == UNNUMBERED else renumbered[number]
                    for number in other.numbers[feature]
                )

    def lines_asking(self, prompt: int) -> Iterator[int]:
        """The indexes of the lines with a prompt's hash."""
        # Searching bytes is a hundred times faster than comparing numbers one by one.
        data, wanted = self.prompt.tobytes(), prompt.to_bytes(8, sys.byteorder)
        position = data.find(wanted)
        while position >= 0:
            if position % 8 == 0:
                yield position // 8
            position = data.find(wanted, position + 1)

    def examples(self) -> int:
        """How many lines hold an example."""
        return len(self.kind) - self.kind.count(0)

    def folded(self, index: int) -> int:
        """The hash of the whole folded example."""
        return mix(self.prompt[index], self.answer[index])

    def formats(self) -> Counter[Format]:
        """How many examples have each format."""
        return formats_in(self.kinds())

    def kinds(self) -> Counter[int]:
        """How often each `kind` occurs."""
        # Few differ, and counting one value in bytes is far quicker than counting values one by one.
        return Counter({kind: self.kind.count(kind) for kind in set(self.kind)})

    def lines_of(self, form: Format) -> Iterator[int]:
        """The indexes of the lines that have a format."""
        wanted = _FORMATS.index(form) + 1
        return (index for index, kind in enumerate(self.kind) if kind & 0x0F == wanted)


def as_feature(name: str) -> Feature:
    """The feature of that name; KeyError when there is none."""
    return next(feature for feature in FEATURES if feature == name)


def formats_in(kinds: Counter[int]) -> Counter[Format]:
    """How many examples have each format, from how often each `kind` occurs."""
    found: Counter[Format] = Counter(dict.fromkeys(_FORMATS, 0))
    for kind, count in kinds.items():
        if kind:
            found[_FORMATS[(kind & 0x0F) - 1]] += count
    return +found


def images_in(kinds: Counter[int]) -> int:
    """How many examples have images, from how often each `kind` occurs."""
    return sum(count for kind, count in kinds.items() if kind & _IMAGES)


def format_at(kind: int) -> Format | None:
    """The format that a `kind` stands for; None for a line without an example."""
    return _FORMATS[(kind & 0x0F) - 1] if kind else None


def _hashes(digest: Digest | None) -> tuple[int, int, int]:
    return (digest.exact, digest.prompt, digest.answer) if digest else (0, 0, 0)


def _kind(digest: Digest | None) -> int:
    if digest is None:
        return 0
    return _FORMATS.index(digest.format) + 1 + (_IMAGES if digest.images else 0)
