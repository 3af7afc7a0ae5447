"""C002: a completion begins with white space."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.rules.repairs import change
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_SPACE = Fix("Put a space before it")


def _check(subject: Subject) -> Iterator[Finding]:
    completion, prompt = subject.data.get("completion"), subject.data.get("prompt")
    if not isinstance(completion, str) or not completion or completion[0].isspace():
        return
    # After a prompt that ends with white space the completion begins a word of its own already.
    if isinstance(prompt, str) and (not prompt or prompt[-1].isspace()):
        return
    message = (
        f"The completion begins with {shown(repr(completion[:12]))}; tokens of words begin with a space."
    )
    yield Finding(message, "completion", fix=_SPACE)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return change(line, finding.path, _spaced)


def _spaced(completion: Any) -> str | None:
    return f" {completion}" if isinstance(completion, str) and not completion[:1].isspace() else None


RULE = Rule(
    code="C002",
    names=("completion-no-leading-space",),
    severity=Severity.HINT,
    formats=frozenset({Format.COMPLETION}),
    doc=Doc(
        what="A completion does not begin with white space, and its prompt does not end with any.",
        why="Prompt and completion are joined as they stand; most words are one token only after a space.",
        example='{"prompt": "Great phone! ->", "completion": "positive"}',
        instead='{"prompt": "Great phone! ->", "completion": " positive"}',
        fix="Offered: a space is put before the completion.",
        source="OpenAI's prepare_data tool",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
