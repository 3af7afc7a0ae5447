"""F002: the file is text."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.kinds import COMPRESSED, Kind
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, FileCheck, Finding, Rule

_HOW = {
    Kind.GZIP: "unpack it first: gunzip",
    Kind.ZIP: "unpack it first: unzip",
    Kind.PARQUET: "export it as JSON lines first",
}


def _check(facts: FileFacts, _profile: Profile) -> Iterator[Finding]:
    if facts.kind is Kind.NOT_A_FILE:
        yield Finding("This is a folder, a pipe or a device, not a regular file.", name="not-regular-file")
    elif facts.kind in COMPRESSED:
        how = _HOW.get(facts.kind, "a training file is plain text, one JSON object a line")
        yield Finding(f"The file is {facts.kind.value}, not text; {how}.")


RULE = Rule(
    code="F002",
    names=(
        "not-text",
        "not-regular-file",
    ),
    severity=Severity.ERROR,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The file is compressed or binary data, a folder, a pipe or a device.",
        why="A training file is plain text, one JSON object a line.",
        example="train.jsonl.gz",
        instead="train.jsonl",
        fix="None: unpack it first (gunzip train.jsonl.gz).",
        source="common sense; no provider unpacks files",
    ),
    checks=(FileCheck(_check),),
)
