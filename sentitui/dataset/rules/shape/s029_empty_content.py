"""S029: content says something."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.subject import Subject, Turn


def _check(subject: Subject) -> Iterator[Finding]:
    if subject.format is Format.COMPLETION:
        completion = subject.data.get("completion")
        if isinstance(completion, str) and not completion.strip():
            yield Finding("The completion is empty.", "completion", severity=Severity.ERROR)
        return
    for turn in subject.turns:
        if turn.data.get("tool_calls") or turn.data.get("function_call") or turn.data.get("refusal"):
            continue
        for path, text in _texts(turn):
            if not text.strip():
                trained = turn.role == "assistant" and turn.data.get("weight", 1) != 0
                what = "The answer to learn is empty." if trained else "The content is empty."
                yield Finding(what if not text else f"{what[:-1]} (white space only).", path)


def _texts(turn: Turn) -> Iterator[tuple[str, str]]:
    content = turn.data.get("content")
    if isinstance(content, str):
        yield f"{turn.path}.content", content
    for index, part in enumerate(content if isinstance(content, list) else []):
        if isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str):
            yield f"{turn.path}.content[{index}].text", part["text"]


RULE = Rule(
    code="S029",
    names=("empty-content",),
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT, Format.COMPLETION, Format.PREFERENCE}),
    doc=Doc(
        what="A content is empty or white space only.",
        why="An empty answer teaches to say nothing; an empty question teaches nothing.",
        example='{"role": "assistant", "content": ""}',
        instead='{"role": "assistant", "content": "Hello"}',
        fix="None: what was said is not known.",
        source="the cookbook's format checks; openai tools' prepare_data",
    ),
    checks=(ExampleCheck(_check, Ordinary.EDGES),),
)
