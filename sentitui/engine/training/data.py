"""Reads the files of a job: checked with the same rules as `sentitui check`, then encoded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from sentitui.dataset.check import check_example
from sentitui.dataset.diagnostics import Diagnostic, Severity
from sentitui.dataset.format import Format
from sentitui.engine.chat import ChatFormat, ChatRefused
from sentitui.engine.training.encoding import Encoded, encode
from sentitui.engine.training.refusal import FileRefused

MIN_EXAMPLES = 10
_BOM = b"\xef\xbb\xbf"


def read_examples(path: Path, param: str, wanted: Format) -> list[Mapping[str, Any]]:
    """The examples of a file without errors. Raises FileRefused naming the first error otherwise.

    `param` is the job's name of the file; a training file needs 10 examples, a validation file one.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileRefused.invalid(param, f"The file cannot be read: {error.strerror}") from error
    lines = content.removeprefix(_BOM).split(b"\n")
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    needed = MIN_EXAMPLES if param == "training_file" else 1
    if len(numbered) < needed:
        raise FileRefused.too_few(param, len(numbered), needed)
    problems = [
        (number, diagnostic)
        for number, line in numbered
        for diagnostic in check_example(line, format=wanted, profile="engine")
        if diagnostic.severity is Severity.ERROR
    ]
    if problems:
        raise FileRefused.invalid(param, _told(problems))
    return [orjson.loads(line) for _, line in numbered]


def encode_all(
    examples: list[Mapping[str, Any]], chat: ChatFormat, limit: int, param: str = "training_file"
) -> list[Encoded]:
    """Encodes every example, cut to `limit` tokens.

    Raises FileRefused when one cannot be encoded, or nothing would be learnt.
    """
    encoded = []
    for number, example in enumerate(examples, start=1):
        try:
            encoded.append(encode(example, chat, limit))
        except (KeyError, TypeError, AttributeError) as error:
            raise FileRefused.invalid(
                param, f"Example {number} has not the shape of a chat: {error!r}"
            ) from error
        except ChatRefused as error:
            raise FileRefused.invalid(
                param, f"Example {number}: {error.message} {error.hint}".rstrip()
            ) from error
    if not any(example.targets for example in encoded):
        raise FileRefused.invalid(param, f"No answer lies within the model's {limit} tokens.")
    return encoded


def _told(problems: list[tuple[int, Diagnostic]]) -> str:
    number, first = problems[0]
    place = f", {first.location.path}" if first.location.path else ""
    more = f" (and {len(problems) - 1} more errors)" if len(problems) > 1 else ""
    return f"Example {number}{place}: {first.message}{more}"
