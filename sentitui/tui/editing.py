"""What the Data place can do to an example, as edit values. Pure: nothing is applied here."""

from __future__ import annotations

from sentitui.dataset import codec, message_edits
from sentitui.dataset.edits import Insert, Replace
from sentitui.dataset.example import Example
from sentitui.dataset.training_file import TrainingFile
from sentitui.errors import DatasetError

ROLES = ("system", "user", "assistant", "tool")


def set_content(file: TrainingFile, index: int, message: int, text: str) -> Replace:
    """Another text in a message."""
    line = file.line(index)
    at = codec.decode(line).messages_path
    return Replace(index, message_edits.set_message_content(line, message, text, at=at))


def set_raw(index: int, text: str) -> Replace:
    """Another line; line breaks between its parts become blanks, because one example is one line."""
    return Replace(index, text.replace("\n", " ").encode("utf-8", "surrogateescape"))


def next_role(file: TrainingFile, index: int, message: int) -> Replace:
    """The role after this one, in the usual order of a conversation."""
    line = file.line(index)
    example = codec.decode(line)
    role = example.messages[message].role
    following = ROLES[(ROLES.index(role) + 1) % len(ROLES)] if role in ROLES else ROLES[0]
    return Replace(index, message_edits.set_message_role(line, message, following, at=example.messages_path))


def add_message(file: TrainingFile, index: int, message: int) -> Replace:
    """An empty message after this one: the user's after an assistant's or system's, else the assistant's."""
    line = file.line(index)
    example = codec.decode(line)
    before = example.messages[message].role if example.messages else "system"
    role = "assistant" if before == "user" else "user"
    at = example.messages_path
    return Replace(index, message_edits.add_message(line, message + 1, role, "", at=at))


def delete_message(file: TrainingFile, index: int, message: int) -> Replace:
    """The example without a message."""
    line = file.line(index)
    return Replace(index, message_edits.delete_message(line, message, at=codec.decode(line).messages_path))


def move_message(file: TrainingFile, index: int, message: int, to: int) -> Replace:
    """A message at another place of its conversation."""
    line = file.line(index)
    return Replace(index, message_edits.move_message(line, message, to, at=codec.decode(line).messages_path))


def new_example(file: TrainingFile, index: int) -> Insert:
    """An empty example after this one, with its system prompt, because a set shares one."""
    try:
        prompt = file.example(index).system_prompt if len(file) else None
    except DatasetError:
        prompt = None
    messages = [{"role": "system", "content": prompt}] if prompt else []
    messages += [{"role": "user", "content": ""}, {"role": "assistant", "content": ""}]
    return Insert(min(index + 1, len(file)), codec.encode(Example({"messages": messages})))
