"""What one place asks of another; the app brings it there."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class ExampleWanted(Message):
    """The user wants to see an example in Data."""

    index: int


@dataclass
class ModelWanted(Message):
    """The user wants to ask a tuned model in the Playground."""

    provider: str
    model: str
