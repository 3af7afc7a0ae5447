"""What a training file teaches and what can be asked about it: prompts, the label set, the system prompt."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sentitui.dataset import codec
from sentitui.dataset.example import Example
from sentitui.errors import DatasetError
from sentitui.playground.labels import Labels, labels_of
from sentitui.playground.run import Prompt

_MOST = 20_000  # examples that are looked at: enough to see every label of a classification
_SENT = ("role", "content", "name", "tool_calls", "tool_call_id")  # what a chat request takes of a message


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a training file teaches: its most frequent system prompt, its labels if it has such, its
    prompts."""

    system_prompt: str | None
    labels: Labels | None
    prompts: tuple[Prompt, ...]


def read_lesson(path: Path) -> Lesson:
    """Reads the file's first 20,000 examples. Raises DatasetError as `read_prompts`."""
    prompts = []
    systems: Counter[str] = Counter()
    for example in _examples(path):
        prompts.append(_prompt(example))
        if example.system_prompt:
            systems[example.system_prompt] += 1
        if len(prompts) == _MOST:
            break
    system = systems.most_common(1)[0][0] if systems else None
    return Lesson(system, labels_of(prompt.expected for prompt in prompts), tuple(prompts))


def read_prompts(path: Path) -> list[Prompt]:
    """Every example of the file as a prompt with the answer expected.

    Raises DatasetError for a file that cannot be read, a line that is no example, or a file without any.
    """
    prompts = [_prompt(example) for example in _examples(path)]
    if not prompts:
        raise DatasetError(f"{path} holds no examples.", "It needs one JSON object per line, with messages.")
    return prompts


def spread(prompts: Sequence[Prompt], count: int, seed: int) -> list[Prompt]:
    """At most `count` of the prompts, taking the expected answers in turn; the same seed takes the same
    ones."""
    chance = random.Random(seed)  # noqa: S311 - a choice to repeat, not a secret
    groups: dict[str | None, list[int]] = {}
    for index, prompt in enumerate(prompts):
        groups.setdefault(prompt.expected, []).append(index)
    for group in groups.values():
        chance.shuffle(group)
    chosen: list[int] = []
    while len(chosen) < count and any(groups.values()):
        for group in groups.values():
            if group and len(chosen) < count:
                chosen.append(group.pop())
    return [prompts[index] for index in sorted(chosen)]


def taught(lesson: Lesson, prompts: Sequence[Prompt]) -> list[int]:
    """The indices of the prompts that stand in the training file: a tuned model may know their answers by
    heart."""
    known = {_question(each) for each in lesson.prompts}
    return [index for index, each in enumerate(prompts) if _question(each) in known]


def _question(prompt: Prompt) -> str:
    """What is asked, without the system prompt and without what a copy changes: case and spaces."""
    told = [str(each.get("content")) for each in prompt.messages if each.get("role") != "system"]
    return " ".join("\n".join(told).casefold().split())


def _examples(path: Path) -> Iterator[Example]:
    number = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _decoded(line, path, number)
    except OSError as error:
        raise DatasetError(
            f"Cannot read {path}: {error.strerror}.", "Check the path and its permissions."
        ) from error


def _decoded(line: bytes, path: Path, number: int) -> Example:
    try:
        example = codec.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except DatasetError as error:
        raise DatasetError(
            f"{path}, line {number}: {error.message}", f"See `sentitui check {path}`."
        ) from error
    if not example.prompt_messages:
        raise DatasetError(
            f"{path}, line {number}: there is no message to ask.", f"See `sentitui check {path}`."
        )
    return example


def _prompt(example: Example) -> Prompt:
    messages = tuple(
        {key: value for key, value in message.raw.items() if key in _SENT}
        for message in example.prompt_messages
    )
    return Prompt(messages, (example.answer or "").strip() or None)
