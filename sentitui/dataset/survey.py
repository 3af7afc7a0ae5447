"""One pass over a training file that keeps numbers only: where its examples are, their labels, their groups.

Lines are told apart at LF; blank ones are counted and are no examples; a line that cannot be decoded is an
example without a label whose text is the line.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from sentitui.dataset.codec import UndecodableLine, decode
from sentitui.dataset.disk import BOM
from sentitui.dataset.example import Example
from sentitui.dataset.similarity import Similarity

MOST_LABELS = 50
"""With more distinct short answers than this the file is no classification: then it has no labels."""

NO_LABEL = 0
_PROGRESS_EVERY = 1 << 13  # lines

Progress = Callable[[int], object]
TextOf = Callable[[Example], str]


@dataclass(slots=True)
class Survey:
    """What a pass over the file keeps of its examples, in their order.

    `offsets`: the byte where each begins; `labels`: the number of its label in `names` (NO_LABEL: none or not
    told apart); `groups`: the number of the first example that it belongs with, filled by `grouped`.
    """

    offsets: array[int] = field(default_factory=lambda: array("Q"))
    labels: array[int] = field(default_factory=lambda: array("L"))
    names: list[str] = field(default_factory=lambda: [""])
    similarity: Similarity = field(default_factory=Similarity)
    undecodable: int = 0
    blank: int = 0

    def __len__(self) -> int:
        return len(self.offsets)


def survey(file: BinaryIO, text_of: TextOf, progress: Progress) -> Survey:
    """Reads the file from its beginning; `progress` hears the bytes read now and then."""
    found = Survey()
    numbers: dict[str, int] = {"": NO_LABEL}
    for count, (offset, line) in enumerate(lines(file)):
        if count % _PROGRESS_EVERY == 0:
            progress(offset)
        if not line.strip():
            found.blank += 1
            continue
        example = _decoded(line)
        label = example.label if example is not None else None
        found.undecodable += example is None
        found.offsets.append(offset)
        found.labels.append(
            numbers.setdefault(label or "", len(numbers)) if len(numbers) <= MOST_LABELS + 1 else 0
        )
        found.similarity.add(_text(line, example, text_of))
    found.names = list(numbers)
    if len(numbers) > MOST_LABELS + 1:
        found.labels, found.names = array("L", bytes(found.labels.itemsize * len(found.labels))), [""]
    return found


def groups(found: Survey, file: BinaryIO, text_of: TextOf) -> array[int]:
    """For each example the number of the first one whose text is the same or nearly so."""

    def text(number: int) -> str:
        file.seek(found.offsets[number])
        line = file.readline()
        return _text(line, _decoded(line), text_of)

    return found.similarity.groups(text)


def lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Every line with its line end and the byte where it begins, the first one without a BOM."""
    file.seek(0)
    offset = len(BOM) if file.read(len(BOM)) == BOM else 0
    file.seek(offset)
    for line in file:
        yield offset, line
        offset += len(line)


def input_text(example: Example) -> str:
    """What the model is asked: every message before the answer but the instruction; a completion's prompt."""
    asked = [m.text for m in example.prompt_messages if m.role not in ("system", "developer")]
    prompt = example.data.get("prompt")
    return "\n".join(asked) if asked else prompt if isinstance(prompt, str) else ""


def whole_text(example: Example) -> str:
    """What the model is asked and what it should answer."""
    return f"{input_text(example)}\n{example.answer or ''}"


def _text(line: bytes, example: Example | None, text_of: TextOf) -> str:
    text = text_of(example) if example is not None else ""
    return text if text.strip() else line.strip().decode("utf-8", "replace")


def _decoded(line: bytes) -> Example | None:
    try:
        return decode(line)
    except UndecodableLine:
        return None
