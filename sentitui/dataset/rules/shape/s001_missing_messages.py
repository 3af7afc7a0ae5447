"""S001: an example has a conversation."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset import paths
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


def _check(subject: Subject) -> Iterator[Finding]:
    if subject.holder is None or "messages" in subject.holder[1]:
        return
    path, data = subject.holder
    for key in data:
        if key.strip().lower() in ("messages", "message") and isinstance(data[key], list):
            fix = Fix("Rename it to `messages`")
            yield Finding(
                f"No `messages`; {shown(repr(key))} must be called `messages`.", paths.key(path, key), fix=fix
            )
            return
    layout = next((f" It looks like {name}: convert the file." for key, name in _LAYOUTS if key in data), "")
    found = ", ".join(shown(key, 20) for key in list(data)[:5]) or "no keys"
    yield Finding(f"No `messages` in the example (found: {found}).{layout}", path)


def _repair(line: bytes, finding: Finding) -> bytes | None:
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
            "Offered where `messages` is only misspelt; other layouts (ShareGPT, Alpaca, TRL, Gemini)"
            " are converted by importing the file."
        ),
        source="the server's 'Example N is missing key messages'",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
