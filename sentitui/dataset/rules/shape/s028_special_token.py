"""S028: no special tokens in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity
from sentitui.dataset.gates import literal_gate
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Ordinary, Rule
from sentitui.dataset.subject import Subject

_TOKENS = re.compile(r"<\|(?:fim_prefix|fim_middle|fim_suffix|endoftext|endofprompt|im_start|im_end)\|>")
_REFUSED = "<|fim_suffix|>"


def _check(subject: Subject) -> Iterator[Finding]:
    for text in subject.texts:
        found = sorted(set(_TOKENS.findall(text.value)))
        if found:
            severity = Severity.ERROR if _REFUSED in found else None
            message = f"Special tokens in the text: {', '.join(found)}."
            yield Finding(message, text.path, severity=severity, fix=Fix("Put a space after the <"))


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return repairs.change(line, finding.path, lambda text: _TOKENS.sub(lambda m: "< " + m[0][1:], text))


RULE = Rule(
    code="S028",
    names=("special-token",),
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    doc=Doc(
        what="The text holds a special token of OpenAI's models, such as <|fim_suffix|>.",
        why=(
            "The server refuses <|fim_suffix|> ('message contains an invalid token'); of the others "
            "it is not known, so they are a warning."
        ),
        example='"content": "Fill in <|fim_suffix|> here"',
        instead='"content": "Fill in < |fim_suffix|> here"',
        fix="Putting a space after the < is offered.",
        source="johny-b/llmcomp#59",
    ),
    checks=(ExampleCheck(_check, Ordinary.GATE, literal_gate(b"<|")),),
    repair=_repair,
)
