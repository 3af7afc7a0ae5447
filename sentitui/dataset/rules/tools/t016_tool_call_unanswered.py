"""T016: a call is answered before the conversation goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity, shown
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.rounds import answer_id, rounds_of
from sentitui.dataset.rules.tools.view import has_tools
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    for each in rounds_of(subject):
        if not each.ended or each.is_settled or not each.is_told_apart:
            continue
        answers = Counter(answer_id(turn) for turn in each.answers)
        for call in each.calls:
            if answers[call.id] > 0:
                answers[call.id] -= 1
                continue
            message = f"The call {shown(repr(call.id))} is not answered before the next message."
            yield Finding(message, f"{call.path}.id")


RULE = Rule(
    code="T016",
    names=("tool-call-unanswered",),
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    doc=Doc(
        what=(
            "Every call needs a tool message before the next user or assistant message; a final "
            "call needs none."
        ),
        why=(
            "The chat API refuses such a conversation, so the model can never be asked so. No source "
            "says that a training file with it is refused, so it is no error."
        ),
        example='a call with "id": "call_1", then {"role": "user", "content": "And?"}',
        instead=(
            'a call with "id": "call_1", then {"role": "tool", "tool_call_id": "call_1", ...}, then the user'
        ),
        fix="None: the answer cannot be made up.",
        source="chat completions API (messages with role tool)",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
)
