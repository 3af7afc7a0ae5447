"""S006: every message says its role."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for turn in subject.turns:
        if "role" not in turn.data:
            found = ", ".join(shown(key, 20) for key in list(turn.data)[:5]) or "no keys"
            yield Finding(f"The message has no `role` (found: {found}).", turn.path)


RULE = Rule(
    code="S006",
    names=("missing-role",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="A message has no `role`.",
        why="A provider refuses the file.",
        example='{"content": "Hi"}',
        instead='{"role": "user", "content": "Hi"}',
        fix="None: who says it is not known.",
        source="the server's \"Example 100, message 2 Discriminator 'role' is missing in value\"",
    ),
    checks=(ExampleCheck(_check),),
)
