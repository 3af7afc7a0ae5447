"""T015: a tool message answers a call of the assistant message before it."""

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
        if each.is_settled or any(call.id is None for call in each.calls):
            continue
        unanswered = Counter(call.id for call in each.calls)
        called = set(unanswered)
        for turn in each.answers:
            found = answer_id(turn)
            if found is None:
                continue
            if unanswered[found] > 0:
                unanswered[found] -= 1
                continue
            told = shown(repr(found))
            if found in called:
                message = f"The call {told} is answered a second time."
            elif called:
                message = f"No call of the assistant message before has the id {told}."
            else:
                message = f"A tool message answers {told}, but the assistant message before makes no call."
            yield Finding(message, f"{turn.path}.tool_call_id")


RULE = Rule(
    code="T015",
    names=("tool-call-id-unmatched",),
    severity=Severity.WARNING,
    formats=CONVERSATIONS,
    doc=Doc(
        what="A tool message must answer an open call of the assistant message before it, by the call's id.",
        why=(
            "The chat API refuses such a conversation, so the model can never be asked so. No source "
            "says that a training file with it is refused, so it is no error."
        ),
        example='a call with "id": "call_1", then {"role": "tool", "tool_call_id": "call_2", ...}',
        instead='a call with "id": "call_1", then {"role": "tool", "tool_call_id": "call_1", ...}',
        fix="None: which call is answered is not known.",
        source="chat completions API (messages with role tool)",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
)
