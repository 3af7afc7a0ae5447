"""S029: content says something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.subject import Subject, Turn

_INSTEAD = ("tool_calls", "function_call", "refusal")


def _check(subject: Subject) -> Iterator[Finding]:
    if subject.format is Format.COMPLETION:
        completion = subject.data.get("completion")
        if isinstance(completion, str) and not completion.strip():
            yield Finding("The completion is empty.", "completion", severity=Severity.ERROR)
        return
    for turn in subject.turns:
        for where, text in _texts(turn):
            if not text.strip() and not any(turn.data.get(key) for key in _INSTEAD):
                trained = turn.role == "assistant" and turn.data.get("weight", 1) != 0
                what = "The answer to learn is empty." if trained else "The content is empty."
                yield Finding(
                    what if not text else f"{what[:-1]} (white space only).", f"{turn.path}.content{where}"
                )


def _texts(turn: Turn) -> Iterable[tuple[str, str]]:
    """The texts of a content, each with its place in it."""
    content = turn.data.get("content")
    if isinstance(content, str):
        return (("", content),)
    return (
        (f"[{index}].text", part["text"])
        for index, part in enumerate(content if isinstance(content, list) else ())
        if isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)
    )


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
