"""Tables (CSV, TSV): which column is what, and examples as cells.

The columns are named, or guessed from the header by the words that people use. Written tables have the
columns system, user and assistant, which the guess finds again. An empty cell is a missing value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sentitui.dataset.convert import alpaca, trl
from sentitui.dataset.convert.forms import Options, Refused
from sentitui.dataset.convert.words import chat, turns
from sentitui.errors import DatasetError

COLUMNS = ("system", "user", "assistant")

# Earlier words win where a header holds several.
_WORDS = {
    "system": ("system", "system_prompt", "system_message"),
    "user": (
        *("user", "user_message", "prompt", "question", "input", "message", "text", "query", "instruction"),
        *(
            "sentence",
            "review",
            "comment",
            "tweet",
            "post",
            "utterance",
            "ticket",
            "request",
            "body",
            "content",
        ),
    ),
    "assistant": (
        *("assistant", "assistant_message", "completion", "answer", "response", "reply", "output", "label"),
        *("labels", "sentiment", "category", "class", "intent", "target", "topic", "tag"),
    ),
}
_PREFERENCE = {"prompt": "prompt", "chosen": "chosen", "rejected": "rejected"}
_ALPACA = {"instruction": "instruction", "input": "input", "output": "output", "system": "system"}
_MAY_BE_EMPTY = ("system", "input")


@dataclass(frozen=True, slots=True)
class Layout:
    """What a table holds: `kind` is "chat", "alpaca" or "preference", `columns` name its parts."""

    kind: str
    columns: Mapping[str, str]

    def read(self, data: Mapping[str, str], options: Options) -> dict[str, Any]:
        """The example in one line's cells; Refused where a cell that is needed is empty."""
        cells = {part: data[column] for part, column in self.columns.items()}
        for part, text in cells.items():
            if part not in _MAY_BE_EMPTY and not text.strip():
                raise Refused(f"the column {self.columns[part]!r} is empty")
        if self.kind == "preference":
            return trl.read(cells, options)
        if self.kind == "alpaca":
            return alpaca.read(cells, options)
        return chat(cells.get("system") or None, [(cells["user"], cells["assistant"])])


def layout(header: Sequence[str], options: Options) -> Layout:
    """What the columns hold, as named in the options or else by the header's words.

    Raises DatasetError with the columns' names when they cannot be told apart.
    """
    named = {"system": options.system_column, "user": options.user_column, "assistant": options.answer_column}
    found = {part: column for part, column in named.items() if column is not None}
    for column in found.values():
        if column not in header:
            raise DatasetError(f"There is no column {column!r}.", f"The columns are: {', '.join(header)}.")
    by_word = {column.strip().lower(): column for column in header}
    if not found and _PREFERENCE.keys() <= by_word.keys():
        return Layout("preference", {part: by_word[part] for part in _PREFERENCE})
    if not found and {"instruction", "output"} <= by_word.keys():
        return Layout("alpaca", {part: by_word[part] for part in _ALPACA if part in by_word})
    return Layout("chat", _guessed(found, by_word, header))


def write(example: dict[str, Any], options: Options) -> dict[str, str]:
    """The cells of one chat example; Refused for several rounds and for texts that a cell cannot tell."""
    system, rounds = turns(example)
    if len(rounds) > 1:
        raise Refused(f"the conversation has {len(rounds)} rounds, not one")
    question, answer = rounds[0]
    cells = {"system": system or "", "user": question, "assistant": answer}
    for part, text in cells.items():
        if not text.strip() and not (part == "system" and system is None):
            raise Refused(f"the {part} message is empty, which a cell cannot tell from a missing one")
    return cells


def _guessed(found: dict[str, str], by_word: Mapping[str, str], header: Sequence[str]) -> dict[str, str]:
    for part, words in _WORDS.items():
        if part not in found:
            taken = set(found.values())
            column = next((by_word[w] for w in words if w in by_word and by_word[w] not in taken), None)
            found |= {} if column is None else {part: column}
    missing = [part for part in ("user", "assistant") if part not in found]
    rest = [column for column in header if column not in found.values()]
    if len(missing) == len(rest) == 1:
        # One of two columns is known, so the other is the other.
        found[missing[0]] = rest[0]
    elif missing:
        raise DatasetError(
            f"Cannot tell which column is the message and which the answer: {', '.join(header)}.",
            "Name them with --user-column and --answer-column.",
        )
    return found
