"""One example of a training file (one line, decoded), as a read-only view.

Owns where the conversation is in each format: chat and reinforcement keep it in `messages`, preference in
`input.messages`. Refuses nothing: a wrong shape gives empty views, and the rules say what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sentitui.dataset.message import Message

CHAT_PATH: tuple[str, ...] = ("messages",)
PREFERENCE_PATH: tuple[str, ...] = ("input", "messages")

# A label is something a person would put in a list of classes: one line, at most this many characters.
LABEL_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Example:
    """An example: the decoded object, keys in the order of the line."""

    data: Mapping[str, Any]

    @property
    def messages_path(self) -> tuple[str, ...]:
        """Where the conversation is: ("messages",), or ("input", "messages") in a preference example."""
        given = self.data.get("input")
        if "messages" not in self.data and isinstance(given, dict) and "messages" in given:
            return PREFERENCE_PATH
        return CHAT_PATH

    @property
    def messages(self) -> tuple[Message, ...]:
        """The conversation, one view per array element, so that indices agree with the line."""
        value: Any = self.data
        for key in self.messages_path:
            value = value.get(key) if isinstance(value, dict) else None
        return tuple(map(Message.of, value)) if isinstance(value, list) else ()

    @property
    def system_prompt(self) -> str | None:
        """The text of the first system or developer message."""
        return next((m.text for m in self.messages if m.role in {"system", "developer"}), None)

    @property
    def prompt_messages(self) -> tuple[Message, ...]:
        """What a model is given: the messages before the final assistant answer."""
        messages = self.messages
        return messages[:-1] if messages and messages[-1].role == "assistant" else messages

    @property
    def answer(self) -> str | None:
        """The text of the last assistant message; or of the preferred output or completion."""
        said = [m for m in self.messages if m.role == "assistant"]
        preferred = self.data.get("preferred_output")
        if isinstance(preferred, list):
            said = [Message.of(value) for value in preferred] or said
        if said:
            return said[-1].text
        completion = self.data.get("completion")
        return completion if isinstance(completion, str) else None

    @property
    def label(self) -> str | None:
        """The answer without surrounding white space when it is one short line, else None."""
        answer = (self.answer or "").strip()
        return answer if answer and len(answer) <= LABEL_LENGTH and "\n" not in answer else None
