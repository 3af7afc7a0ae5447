"""C001: a completion example has a prompt and a completion, both strings."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset import paths
from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.repairs import rename
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

KEYS = ("prompt", "completion")


def _check(subject: Subject) -> Iterator[Finding]:
    for key in KEYS:
        if key not in subject.data:
            yield _missing(key, subject)
        elif not isinstance(subject.data[key], str):
            found = type_name(subject.data[key])
            yield Finding(f"The {key} must be a string, not {found}.", key, "comp-not-string")


def _missing(key: str, subject: Subject) -> Finding:
    spelt = [name for name in subject.data if name.strip().lower() == key]
    if len(spelt) == 1:
        message = f"The example has no {key}; it has {shown(repr(spelt[0]))}."
        return Finding(
            message, paths.key("", spelt[0]), "comp-missing-key", fix=Fix(f"Write it as {key}", safe=True)
        )
    return Finding(f"The example has no {key}.", "", "comp-missing-key")


def _repair(line: bytes, finding: Finding) -> bytes | None:
    *_, name = paths.parse(finding.path)
    return rename(line, finding.path, name.strip().lower()) if isinstance(name, str) else None


RULE = Rule(
    code="C001",
    names=("comp-missing-key", "comp-not-string"),
    severity=Severity.ERROR,
    formats=frozenset({Format.COMPLETION}),
    doc=Doc(
        what="A completion example must have `prompt` and `completion`, both strings.",
        why="The job is refused.",
        example='{"Prompt": "Great phone! ->", "completion": " positive"}',
        instead='{"prompt": "Great phone! ->", "completion": " positive"}',
        fix="Safe: a key that differs in case or surrounding spaces only is written in lower case.",
        source="openai-openapi f7f4b05, FineTuneCompletionRequestInput; OpenAI's prepare_data tool",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
