"""S001: an example has a conversation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset import paths
from sentitui.dataset.convert import alpaca, sharegpt
from sentitui.dataset.convert.forms import Options, Refused
from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_LAYOUTS = (
    ("conversations", "ShareGPT (`conversations`)"),
    ("instruction", "Alpaca (`instruction`)"),
    ("chosen", "a TRL preference (`chosen`)"),
    ("text", "TRL text (`text`)"),
    ("contents", "Gemini (`contents`)"),
)

_READ = (
    ("conversations", sharegpt.KEYS, sharegpt.read),
    ("instruction", alpaca.KEYS, alpaca.read),
)
_RENAME = Fix("Rename it to `messages`")
_CONVERT = Fix("Convert it to messages")


def _check(subject: Subject) -> Iterator[Finding]:
    if subject.holder is None or "messages" in subject.holder[1]:
        return
    path, data = subject.holder
    for key in data:
        if key.strip().lower() in ("messages", "message") and isinstance(data[key], list):
            yield Finding(
                f"No `messages`; {shown(repr(key))} must be called `messages`.",
                paths.key(path, key),
                fix=_RENAME,
            )
            return
    layout = next((f" It looks like {name}: convert it." for key, name in _LAYOUTS if key in data), "")
    fix = _CONVERT if not path and _converted(data) is not None else None
    found = ", ".join(shown(key, 20) for key in list(data)[:5]) or "no keys"
    yield Finding(f"No `messages` in the example (found: {found}).{layout}", path, fix=fix)


def _converted(data: Any) -> dict[str, Any] | None:
    """The chat example that an entry of another layout means; None when it is none, or holds what has no
    place in ours."""
    if not isinstance(data, dict):
        return None
    for mark, keys, read in _READ:
        if mark in data and data.keys() <= keys:
            try:
                return read(data, Options())
            except Refused:
                return None
    return None


def _repair(line: bytes, finding: Finding) -> bytes | None:
    if not finding.path:
        return repairs.change(line, "", _converted)
    return repairs.rename(line, finding.path, "messages")


RULE = Rule(
    code="S001",
    names=("missing-messages",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="The example has no `messages`.",
        why="A provider refuses the file.",
        example='{"conversations": [{"from": "human", "value": "Hi"}]}',
        instead='{"messages": [{"role": "user", "content": "Hi"}]}',
        fix=(
            "Offered where `messages` is only misspelt, and for ShareGPT and Alpaca examples, which are "
            "converted. A file of them, and of TRL, is converted by importing it."
        ),
        source="the server's 'Example N is missing key messages'",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
