"""Which examples are shown: terms that combine, each a chip. Pure; runs in a thread.

`label:Negative` `role:tool` `code:Q001` `is:edited` `re:PATTERN`, and plain words that a message holds.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sentitui.dataset import codec
from sentitui.dataset.training_file import TrainingFile
from sentitui.errors import ConfigError, DatasetError
from sentitui.tui.search import words_of

KINDS = ("label", "role", "code", "is", "re")
HINT = "Words, label:X, role:tool, code:Q001, is:edited, re:PATTERN; all must hold. Empty shows all."


@dataclass(frozen=True, slots=True)
class Term:
    """One condition; `kind` "text" is a plain word."""

    kind: str
    value: str

    @property
    def chip(self) -> str:
        """The term as it is shown."""
        return f"[{self.value}]" if self.kind == "text" else f"[{self.kind}:{self.value}]"


def parse(typed: str) -> tuple[Term, ...]:
    """The terms that were typed; quotes keep blanks together. Raises ConfigError for what makes no sense."""
    try:
        words = shlex.split(typed)
    except ValueError as error:
        raise ConfigError(f"The filter has an open quote: {error}.") from error
    return tuple(map(_term, words))


def _term(word: str) -> Term:
    kind, colon, value = word.partition(":")
    if not colon or kind not in KINDS or not value:
        return Term("text", word)
    if kind == "re":
        try:
            re.compile(value)
        except re.error as error:
            raise ConfigError(f"“{value}” is no regular expression: {error}.") from error
    if kind == "is" and value != "edited":
        raise ConfigError(f"is:{value} is unknown; is:edited is known.")
    return Term(kind, value)


def matching(
    file: TrainingFile,
    terms: Sequence[Term],
    codes: Mapping[str, frozenset[int]],
    stopped: Callable[[], bool],
) -> list[int]:
    """The examples for which all terms hold; `codes` says where the last check found which rule."""
    found = []
    for index, line in enumerate(file.lines()):
        if index % 512 == 0 and stopped():
            break
        if all(_holds(term, file, index, line, codes) for term in terms):
            found.append(index)
    return found


Codes = Mapping[str, frozenset[int]]


def _holds(term: Term, file: TrainingFile, index: int, line: bytes, codes: Codes) -> bool:
    match term.kind:
        case "code":
            return index in codes.get(term.value.upper(), frozenset())
        case "is":
            return file.edited(index)
        case "text":
            return term.value.casefold() in words_of(line).casefold()
        case "re":
            return re.search(term.value, words_of(line), re.MULTILINE) is not None
    return _is_such(term, line)


def _is_such(term: Term, line: bytes) -> bool:
    """Whether a line is an example with that label or role."""
    try:
        example = codec.decode(line)
    except DatasetError:
        return False
    if term.kind == "label":
        return (example.label or "").casefold() == term.value.casefold()
    return any(message.role == term.value for message in example.messages)
