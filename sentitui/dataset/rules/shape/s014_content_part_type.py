"""S014: content parts have a known type."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.vision.image import has_parts
from sentitui.dataset.subject import Subject

_ELSEWHERE = frozenset({"image_url", "input_audio", "file"})
"""Types that the rules about images, audio and files report."""

_MEANT_TEXT = frozenset({"input_text", "output_text", "Text", "TEXT"})


def _check(subject: Subject) -> Iterator[Finding]:
    for turn, path, part in subject.parts:
        if not isinstance(part, dict):
            continue
        kind = part.get("type")
        if kind == "text" or (isinstance(kind, str) and kind in _ELSEWHERE):
            continue
        if kind == "refusal" and turn.role == "assistant":
            continue
        if "type" not in part:
            yield Finding("The content part has no `type`; expected text, image_url or refusal.", path)
            continue
        fix = Fix("Change it to text") if isinstance(kind, str) and kind in _MEANT_TEXT else None
        where = f" in a {shown(turn.role or 'message', 20)} message" if kind == "refusal" else ""
        expected = "expected text, image_url (user) or refusal (assistant)"
        yield Finding(f"Unknown part type {shown(repr(kind))}{where}; {expected}.", f"{path}.type", fix=fix)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return repairs.change(line, finding.path, lambda _: "text")


RULE = Rule(
    code="S014",
    names=("content-part-type",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what=(
            "A content part has no type, or one that its message cannot have: text anywhere, "
            "image_url in a user message, refusal in an assistant message."
        ),
        why="A provider refuses the file.",
        example='{"type": "input_text", "text": "Hi"}',
        instead='{"type": "text", "text": "Hi"}',
        fix="Changing input_text and output_text to text is offered.",
        source="OpenAI's schema of training examples",
    ),
    checks=(ExampleCheck(_check, needs=has_parts),),
    repair=_repair,
)
