"""S016: no audio, no files."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for _, path, part in subject.parts:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "input_audio":
            yield Finding("Audio is not supported for fine-tuning.", path, "audio-unsupported")
        elif kind == "file":
            yield Finding("Files are not supported for fine-tuning.", path, "file-unsupported")
    for turn in subject.turns:
        if turn.role == "assistant" and turn.data.get("audio") is not None:
            yield Finding(
                "Audio is not supported for fine-tuning.", f"{turn.path}.audio", "audio-unsupported"
            )


RULE = Rule(
    code="S016",
    names=(
        "audio-unsupported",
        "file-unsupported",
    ),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="A message holds audio or a file.",
        why="Fine-tuning takes text and images only.",
        example='{"type": "input_audio", "input_audio": {...}}',
        instead='{"type": "text", "text": "(what is said in it)"}',
        fix="None: the content would be lost.",
        source="OpenAI's schema of training examples",
    ),
    checks=(ExampleCheck(_check),),
)
