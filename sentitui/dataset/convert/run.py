"""Converts a whole file and accounts for every entry of it.

Owns the choice of readers and writers and the report. The output appears whole, or not at all when nothing
could be converted or something failed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from sentitui.dataset.convert import alpaca, completion, sharegpt, table, trl
from sentitui.dataset.convert.entries import Entry, is_json, json_entries, read_table
from sentitui.dataset.convert.forms import DEFAULTS, Form, Options, Refused, recognise
from sentitui.dataset.convert.instruct import instructed, stripped
from sentitui.dataset.convert.sinks import sink
from sentitui.dataset.disk import open_regular
from sentitui.dataset.outputs import new_files
from sentitui.errors import DatasetError

MOST_REFUSALS = 10_000
"""Refused entries that a report names; all are counted."""

_SUFFIXES = {".csv": Form.CSV, ".tsv": Form.TSV, ".tab": Form.TSV}
_CHAT_KEYS = frozenset({"messages", "tools", "functions", "parallel_tool_calls"})
_PREFERENCE_KEYS = frozenset({"input", "preferred_output", "non_preferred_output"})
_PROGRESS_EVERY = 1 << 12  # entries
_LOOKED_AT = 100  # entries, to recognise a format by

Convert = Callable[[dict[str, Any], Options], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that is not in the output: its 1-based line and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ConvertReport:
    """What became of every entry; `left_out` counts keys and columns that have no place in the target."""

    source: Form
    target: Form
    converted: int
    refused: int
    refusals: tuple[Refusal, ...]
    left_out: Mapping[str, int]
    columns: Mapping[str, str] = field(default_factory=dict)
    """For a table: which column was taken for what."""


@dataclass(frozen=True, slots=True)
class _Source:
    """An opened source: its format, its kind, how an entry is read and which keys that uses."""

    form: Form
    preference: bool
    read: Convert
    keys: frozenset[str]
    entries: Iterable[Entry]
    columns: Mapping[str, str] = field(default_factory=dict)


def convert_file(
    path: Path,
    out: Path,
    *,
    source: Form | None = None,
    target: Form | None = None,
    options: Options = DEFAULTS,
    overwrite: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> ConvertReport:
    """Writes the entries of `path` to `out` in another format and says what became of each.

    Formats that are not given are recognised: the source by its name and first entries, the target by its
    name, else chat (or preference). `out` ending in .json becomes one array. `on_progress` hears (bytes read,
    bytes to read). Raises DatasetError when a file cannot be read or written, the formats cannot be told or
    do not go together, or nothing at all could be converted.
    """
    fd, status = open_regular(path)

    def read_so_far() -> None:
        if on_progress is not None:
            on_progress(os.lseek(fd, 0, os.SEEK_CUR), status.st_size)

    with os.fdopen(fd, "rb") as file:
        opened = _open(file, path, source, options)
        wanted = target or _SUFFIXES.get(out.suffix.lower()) or _default(opened)
        _require_possible(path, opened, wanted)
        with new_files([out], overwrite=overwrite, keep=[path]) as (output,):
            tally = _Tally()
            written = sink(output, wanted, array=out.suffix.lower() == ".json")
            for number, entry in enumerate(opened.entries):
                if number % _PROGRESS_EVERY == 0:
                    read_so_far()
                converted = tally.tried(entry, opened, wanted, options)
                if converted is not None:
                    written.write(converted)
            written.finish()
            tally.require_something(path)
    return tally.report(opened, wanted)


class _Tally:
    """Converts entries one by one and counts what becomes of them."""

    def __init__(self) -> None:
        self._converted = self._refused = 0
        self._refusals: list[Refusal] = []
        self._left_out: Counter[str] = Counter()

    def tried(self, entry: Entry, source: _Source, target: Form, options: Options) -> dict[str, Any] | None:
        """The converted entry, or None when it was refused."""
        try:
            if entry.data is None:
                raise Refused(entry.problem)
            example = _prepared(source.read(entry.data, options), options)
            converted = _written(example, source, target, options)
        except Refused as refused:
            self._refused += 1
            if len(self._refusals) < MOST_REFUSALS:
                self._refusals.append(Refusal(entry.line, str(refused)))
            return None
        self._converted += 1
        self._left_out.update(key for key in entry.data if key not in source.keys)
        if source.preference and not target.is_preference:
            self._left_out["the rejected answer"] += 1
        return converted

    def require_something(self, path: Path) -> None:
        """Raises DatasetError when nothing was converted."""
        if not self._converted:
            first = f" (line {self._refusals[0].line}: {self._refusals[0].reason})" if self._refusals else ""
            raise DatasetError(
                f"Nothing in {path} could be converted: {self._refused} entries were refused{first}.",
                "Nothing was written. Is it the format that you expect? --from names it.",
            )

    def report(self, source: _Source, target: Form) -> ConvertReport:
        """The report of all that was tried."""
        left_out = dict(sorted(self._left_out.items()))
        return ConvertReport(
            source.form,
            target,
            self._converted,
            self._refused,
            tuple(self._refusals),
            left_out,
            source.columns,
        )


def _open(file: BinaryIO, path: Path, form: Form | None, options: Options) -> _Source:
    chosen = form or _SUFFIXES.get(path.suffix.lower())
    if chosen is None:
        chosen = _recognised(file, path) if is_json(file) else Form.CSV
    if not chosen.is_table:
        read, keys = _READERS[chosen]
        return _Source(chosen, chosen.is_preference, read, keys, json_entries(file))
    header, entries = read_table(file, chosen, options)
    layout = table.layout(header, options)
    used = frozenset(layout.columns.values())
    return _Source(chosen, layout.kind == "preference", layout.read, used, entries, layout.columns)


def _recognised(file: BinaryIO, path: Path) -> Form:
    """The most frequent format among the first entries."""
    counts: Counter[Form] = Counter()
    keys: Iterator[str] = iter(())
    for entry in islice(json_entries(file), _LOOKED_AT):
        form = recognise(entry.data) if entry.data is not None else None
        if form is not None:
            counts[form] += 1
        elif entry.data is not None:
            keys = iter(entry.data)
    if counts:
        return counts.most_common(1)[0][0]
    listed = ", ".join(islice(keys, 8))
    raise DatasetError(
        f"Cannot tell the format of {path}" + (f": its entries have the keys {listed}." if listed else "."),
        f"Name it with --from: {', '.join(Form)}.",
    )


def _default(source: _Source) -> Form:
    return Form.PREFERENCE if source.preference else Form.CHAT


def _require_possible(path: Path, source: _Source, target: Form) -> None:
    if source.form is target:
        raise DatasetError(f"{path} is {target} already.", "Name another format with --to.")
    if target.is_preference and not source.preference:
        raise DatasetError(
            f"{path} holds conversations with one answer each: no preferences can be made of them.",
            f"Choose one of: {', '.join(form for form in Form if not form.is_preference)}.",
        )


def _prepared(example: dict[str, Any], options: Options) -> dict[str, Any]:
    if options.strip:
        example = stripped(example)
    return example if options.system is None else instructed(example, options.system)


def _written(example: dict[str, Any], source: _Source, target: Form, options: Options) -> dict[str, Any]:
    if source.preference and not target.is_preference:
        example = trl.preferred(example)
    return _WRITERS[target](example, options)


def _chat(data: dict[str, Any], options: Options) -> dict[str, Any]:
    if not isinstance(data.get("messages"), list):
        raise Refused("there is no messages array")
    return {key: value for key, value in data.items() if key in _CHAT_KEYS}


def _preference(data: dict[str, Any], options: Options) -> dict[str, Any]:
    missing = next((key for key in sorted(_PREFERENCE_KEYS) if key not in data), None)
    if missing is not None:
        raise Refused(f"there is no {missing}")
    return {key: value for key, value in data.items() if key in _PREFERENCE_KEYS}


_READERS: Mapping[Form, tuple[Convert, frozenset[str]]] = {
    Form.CHAT: (_chat, _CHAT_KEYS),
    Form.PREFERENCE: (_preference, _PREFERENCE_KEYS),
    Form.SHAREGPT: (sharegpt.read, sharegpt.KEYS),
    Form.ALPACA: (alpaca.read, alpaca.KEYS),
    Form.COMPLETION: (completion.read, completion.KEYS),
    Form.TRL: (trl.read, trl.KEYS),
}
_WRITERS: Mapping[Form, Convert] = {
    Form.CHAT: _chat,
    Form.PREFERENCE: _preference,
    Form.SHAREGPT: sharegpt.write,
    Form.ALPACA: alpaca.write,
    Form.COMPLETION: completion.write,
    Form.TRL: trl.write,
    Form.CSV: table.write,
    Form.TSV: table.write,
}
