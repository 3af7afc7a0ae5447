"""The examples of a training file, one a line: number, signs, turns, label, first words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style

from sentitui import safe
from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.example import Example
from sentitui.dataset.training_file import TrainingFile
from sentitui.errors import DatasetError
from sentitui.tui.terminal.prepaint import HEAD, number_width
from sentitui.tui.text import clip, pad, pad_left
from sentitui.tui.widgets.conversation_layout import SIGNS
from sentitui.tui.widgets.line_list import LineList

_LABEL_WIDTH = 12
_WORDS = 400
"""Characters of a message that can end up in a list line; more is never drawn."""


class ExampleList(LineList):
    """The virtual list over a training file."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "example--number",
        "example--cursor",
        "example--cursor-blurred",
        "example--text",
        "example--label",
        "example--turns",
        "example--edited",
        "example--error",
        "example--warning",
        "example--hint",
        "example--broken",
        "example--match",
    }

    def __init__(self, *, severity_of: Callable[[int], Severity | None], id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._file: TrainingFile | None = None
        self._severity_of = severity_of
        self._pattern = ""
        self._digits = 3
        self._only: Sequence[int] | None = None

    def show(self, file: TrainingFile, size: int) -> None:
        """Shows another training file of `size` bytes, from its first example."""
        self._file = file
        self._only = None
        self._digits = _digits(file, size)
        self.cursor = 0
        self.scroll_to(y=0, animate=False, immediate=True)
        self.reload()

    def highlight(self, pattern: str) -> None:
        """Marks a text wherever it is seen ("" marks nothing)."""
        self._pattern = pattern.casefold()
        self.refresh()

    def line_count(self) -> int:
        """The examples that are shown and known so far."""
        if self._only is not None:
            return len(self._only)
        return len(self._file) if self._file else 0

    @property
    def is_narrowed(self) -> bool:
        """Whether not all examples are shown."""
        return self._only is not None

    def narrow(self, only: Sequence[int] | None) -> None:
        """Shows only some examples, in rising order; None shows all."""
        self._only = only
        self.set_reactive(ExampleList.cursor, 0)
        self.scroll_to(y=0, animate=False, immediate=True)
        self.reload()

    @property
    def index(self) -> int:
        """The example under the cursor, counted in the file."""
        return self._example_at(self.cursor)

    def line_of(self, index: int) -> int | None:
        """The line that shows an example; None when it is not shown."""
        if self._only is None:
            return index
        line = bisect_left(self._only, index)
        return line if line < len(self._only) and self._only[line] == index else None

    def _example_at(self, line: int) -> int:
        return self._only[line] if self._only is not None and line < len(self._only) else line

    def draw_line(self, index: int, width: int, selected: bool) -> list[Segment]:
        """`▌  12 ✗ sua  Negative     Our flight was cancelled …`."""
        if self._file is None:
            return []
        index = self._example_at(index)
        style = self._number_style(selected)
        digits = max(len(str(len(self._file))), self._digits)
        sign, sign_style = self._sign(index)
        turns, label, words = summary(self._file, index)
        used = digits + 6 + 7 + _LABEL_WIDTH + 1
        head = f"{'▌' if selected else ' '}{pad_left(str(index + 1), digits)} "
        if turns is None:
            return [
                Segment(head, style),
                Segment(f" {sign} ", sign_style),
                Segment(clip(words, width - digits - 6), self.component("example--broken")),
            ]
        return [
            Segment(head, style),
            Segment(f" {sign} ", sign_style),
            Segment(pad(turns, 7), self.component("example--turns")),
            Segment(pad(label, _LABEL_WIDTH) + " ", self.component("example--label")),
            *self._words(clip(words, width - used - 1)),
        ]

    def _number_style(self, selected: bool) -> Style:
        if not selected:
            return self.component("example--number")
        return self.component("example--cursor" if self.has_focus else "example--cursor-blurred")

    def _sign(self, index: int) -> tuple[str, Style]:
        severity = self._severity_of(index)
        if severity is not None:
            return SIGNS[severity], self.component(f"example--{severity}")
        if self._file is not None and self._file.edited(index):
            return "●", self.component("example--edited")
        return " ", self.component("example--text")

    def _words(self, words: str) -> list[Segment]:
        plain = self.component("example--text")
        if not self._pattern:
            return [Segment(words, plain)]
        segments: list[Segment] = []
        folded, start = words.casefold(), 0
        if len(folded) != len(words):
            return [Segment(words, plain)]
        while (at := folded.find(self._pattern, start)) >= 0:
            end = at + len(self._pattern)
            segments += [
                Segment(words[start:at], plain),
                Segment(words[at:end], self.component("example--match")),
            ]
            start = end
        return [*segments, Segment(words[start:], plain)]


def _digits(file: TrainingFile, size: int) -> int:
    """The number column as wide as all examples will need: a list must not move while it is read."""
    known = read = 0
    for line in file.lines():
        if read + len(line) >= HEAD:
            break
        known, read = known + 1, read + len(line) + 1
    return number_width(known, HEAD if known < len(file) else size, size)


def summary(file: TrainingFile, index: int) -> tuple[str | None, str, str]:
    """Turns, label and first words of an example; turns None when the line is no example."""
    try:
        line = file.line(index)
        return _summary(line)
    except DatasetError as error:
        return None, "", safe.line(error.message)


@lru_cache(maxsize=512)
def _summary(line: bytes) -> tuple[str | None, str, str]:
    from sentitui.dataset.codec import decode

    try:
        example = decode(line)
    except DatasetError:
        return None, "", safe.line(line[:_WORDS].decode("utf-8", "replace"))
    messages = example.messages
    letters = "".join(message.role[:1].lower() or "?" for message in messages[:7])
    turns = letters if len(letters) < 7 else f"{letters[:5]}…"
    return safe.line(turns), safe.line(example.label or ""), first_words(example)


def first_words(example: Example) -> str:
    """The first words of what the user says (of the first message when there is no user)."""
    messages = example.messages
    said = next((m for m in messages if m.role == "user"), messages[0] if messages else None)
    return safe.line((said.text if said else str(dict(example.data)))[:_WORDS])
