"""S027: a name is a short word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_NAME = re.compile(r"[^\s<|\\/>]{1,64}\Z")
_ODD = re.compile(r"[\s<|\\/>]+")


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.turns:
        if "name" not in turn.data:
            continue
        name, path = turn.data["name"], f"{turn.path}.name"
        if not isinstance(name, str):
            yield Finding(f"`name` must be a string, found {type_name(name)}.", path, severity=Severity.ERROR)
        elif not _NAME.match(name):
            fix = Fix("Write it with underscores") if _plain(name) else None
            yield Finding(
                f"The name {shown(repr(name))} should be 1 to 64 characters without spaces or <|\\/>.",
                path,
                fix=fix,
            )


def _plain(name: str) -> str | None:
    return _ODD.sub("_", name.strip())[:64] or None


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return repairs.change(line, finding.path, _plain)


RULE = Rule(
    code="S027",
    names=("name-invalid",),
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    doc=Doc(
        what="A message's `name` is not a string, or not 1 to 64 characters without white space and <|\\/>.",
        why="A name that is no string is refused; an odd one may be.",
        example='{"role": "user", "name": "Ann Lee", "content": "Hi"}',
        instead='{"role": "user", "name": "Ann_Lee", "content": "Hi"}',
        fix="Writing it with underscores is offered.",
        source="OpenAI's schema of training examples; the chat API",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
