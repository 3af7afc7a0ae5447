"""The rounds of calling: an assistant message with calls, and the tool messages that answer it.

A round begins with an assistant message that has `tool_calls` and ends before the next user or assistant
message; answers may come in any order, and a later round may use an id again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sentitui.dataset.rules.tools.view import Call, tool_calls
from sentitui.dataset.subject import Subject, Turn


@dataclass(slots=True)
class Round:
    """One round. `ended` is False when the conversation stops in it: its last calls need no answer."""

    calls: list[Call] = field(default_factory=list)
    answers: list[Turn] = field(default_factory=list)
    ended: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether each call is answered once, in order: most rounds are, and nothing needs judging there."""
        calls = [call.id for call in self.calls]
        return None not in calls and calls == [answer_id(turn) for turn in self.answers]

    @property
    def is_told_apart(self) -> bool:
        """Whether all calls and answers have ids; else nothing can be said of who answers whom."""
        return all(call.id is not None for call in self.calls) and all(
            answer_id(t) is not None for t in self.answers
        )


def rounds(turns: Sequence[Turn]) -> Iterator[Round]:
    """The rounds of a conversation; answers that follow no calls form a round without calls."""
    current = Round()
    for turn in turns:
        if turn.role == "tool":
            current.answers.append(turn)
        elif turn.role in {"user", "assistant"}:
            current.ended = True
            if current.calls or current.answers:
                yield current
            current = Round(list(tool_calls(turn)) if turn.role == "assistant" else [])
    if current.calls or current.answers:
        yield current


@lru_cache(maxsize=1)
def rounds_of(subject: Subject) -> tuple[Round, ...]:
    """The rounds of an example's conversation; two rules ask for them one after the other."""
    return tuple(rounds(subject.chat))


def answer_id(turn: Turn) -> str | None:
    """The id of the call that a tool message answers, when it is a string."""
    value = turn.data.get("tool_call_id")
    return value if isinstance(value, str) else None
