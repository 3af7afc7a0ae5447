"""F013: the name ends in .jsonl."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.facts import FileFacts
from sentitui.dataset.kinds import Kind
from sentitui.dataset.profiles import Profile
from sentitui.dataset.rules.rule import EVERY_FORMAT, Doc, FileCheck, Finding, Rule


def _check(facts: FileFacts, _profile: Profile) -> Iterator[Finding]:
    if facts.kind is not Kind.NOT_A_FILE and facts.path.suffix != ".jsonl":
        yield Finding(f"The name {shown(facts.path.name)} does not end in .jsonl.")


RULE = Rule(
    code="F013",
    names=("wrong-extension",),
    severity=Severity.WARNING,
    formats=EVERY_FORMAT,
    doc=Doc(
        what="The file's name does not end in .jsonl.",
        why="OpenAI's upload refuses it for fine-tuning.",
        example="train.json",
        instead="train.jsonl",
        fix="None: save a copy under a name that ends in .jsonl.",
        source="OpenAI's createFile",
    ),
    checks=(FileCheck(_check),),
)
