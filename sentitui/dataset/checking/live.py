"""The diagnostics of an open file, kept up to date edit by edit.

After an edit only that example is examined again, and only the groups of examples that it left or joined are
judged again. Kept are digests and, for each line, which conditions it has: messages are made when they are
asked for. Not safe to use from several threads at once; `feed` may run in another thread than the rest when
the caller locks.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator

from sentitui.dataset import profiles
from sentitui.dataset.checking.block import BlockPass
from sentitui.dataset.checking.cross import Cross
from sentitui.dataset.checking.examine import Setting, examine
from sentitui.dataset.columns import Columns
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.digest import digest
from sentitui.dataset.format import Format
from sentitui.dataset.profiles import Profile
from sentitui.dataset.report import Key, key_of


class Checker:
    """Knows what is wrong with every line of a file that is being edited.

    Feed it the file's lines in order, then tell it each edit. Indexes count from 0.
    """

    def __init__(
        self,
        *,
        file_format: Format = Format.CHAT,
        format: Format | None = None,  # noqa: A002 - the word the whole product uses
        profile: str | Profile = "engine",
    ) -> None:
        chosen = profiles.profile(profile) if isinstance(profile, str) else profile
        self.setting = Setting(format, format or file_format, chosen)
        self._pass = BlockPass(self.setting)
        self._conditions = array("I")
        self._sets: list[tuple[Key, ...]] = [()]
        self._set_numbers: dict[tuple[Key, ...], int] = {(): 0}
        self._cross = Cross(self.columns, self.setting)

    @property
    def columns(self) -> Columns:
        """The digests of the lines."""
        return self._pass.columns

    def __len__(self) -> int:
        return len(self._conditions)

    def feed(self, block: bytes) -> None:
        """Takes in the next lines of the file as it was opened: whole lines, joined by newlines."""
        first = len(self)
        found: dict[int, list[Key]] = {}
        for diagnostic in self._pass.run(block):
            found.setdefault((diagnostic.location.line or 1) - 1, []).append(key_of(diagnostic))
        added = len(self.columns) - first
        self._conditions.extend(self._number(found.get(index, ())) for index in range(added))
        self._cross.forget()

    def replace(self, index: int, line: bytes) -> tuple[Diagnostic, ...]:
        """Takes in a line's new text; gives all that is wrong with it now."""
        examined = examine(line, self.setting, index + 1)
        before = self._cross.state(index)
        self.columns.put(index, digest(examined.subject) if examined.subject else None)
        self._conditions[index] = self._number(map(key_of, examined.diagnostics))
        self._cross.changed(before, self._cross.state(index))
        return (*examined.diagnostics, *self._cross.of_line(index))

    def insert(self, index: int, line: bytes) -> tuple[Diagnostic, ...]:
        """Takes in a new line before the one at `index`; gives all that is wrong with it."""
        self.columns.insert(index, None)
        self._conditions.insert(index, 0)
        self._cross.changed(None, self._cross.state(index))
        return self.replace(index, line)

    def delete(self, index: int) -> None:
        """Forgets a line."""
        before = self._cross.state(index)
        self.columns.delete(index)
        del self._conditions[index]
        self._cross.changed(before, None)

    def move(self, index: int, to: int, line: bytes) -> None:
        """Takes a line out and puts it where it then has the index `to`."""
        self.delete(index)
        self.insert(to, line)

    def diagnostics(self, index: int, line: bytes) -> tuple[Diagnostic, ...]:
        """All that is wrong with a line (given its text), its relations to other lines included."""
        return (*examine(line, self.setting, index + 1).diagnostics, *self._cross.of_line(index))

    def conditions(self, index: int) -> tuple[Key, ...]:
        """What is wrong with a line by itself, without messages: for marks in a list of examples."""
        return self._sets[self._conditions[index]]

    def tallies(self) -> Counter[Key]:
        """How often every condition is found in the file."""
        found: Counter[Key] = Counter()
        for number, count in Counter(self._conditions).items():
            for key in self._sets[number]:
                found[key] += count
        return found + self._cross.tallies()

    def lines_with(self, code: str) -> Iterator[int]:
        """The indexes of the lines on which a rule finds something, in file order."""
        having = {number for number, keys in enumerate(self._sets) if any(key[0] == code for key in keys)}
        if having:
            yield from (index for index, number in enumerate(self._conditions) if number in having)
        else:
            yield from self._cross.lines_with(code)

    def whole_file(self) -> tuple[Diagnostic, ...]:
        """What the examples together show and no line has by itself, such as an imbalance of labels."""
        return self._cross.whole_file()

    def _number(self, keys: Iterable[Key]) -> int:
        wanted = tuple(keys)
        number = self._set_numbers.get(wanted)
        if number is None:
            number = len(self._sets)
            self._sets.append(wanted)
            self._set_numbers[wanted] = number
        return number
