"""Reads the files of a job: checked with the same rules as `sentitui check`, then encoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import orjson

from sentitui.dataset.check import check_file
from sentitui.dataset.diagnostics import Diagnostic, Severity
from sentitui.dataset.format import Format
from sentitui.engine.chat import ChatRefused
from sentitui.engine.training.refusal import FileRefused
from sentitui.errors import DatasetError

Code = TypeVar("Code")

MIN_EXAMPLES = 10
_BOM = b"\xef\xbb\xbf"


def read_examples(path: Path, param: str, wanted: Format) -> list[Mapping[str, Any]]:
    """The examples of a file without errors. Raises FileRefused naming the first error otherwise.

    `param` is the job's name of the file; a training file needs 10 examples, a validation file one.
    """
    try:
        report = check_file(path, format=wanted, profile="engine", keep=20)
        content = path.read_bytes()
    except DatasetError as error:
        raise FileRefused.invalid(param, error.message) from error
    except OSError as error:
        raise FileRefused.invalid(param, f"The file cannot be read: {error.strerror}") from error
    needed = MIN_EXAMPLES if param == "training_file" else 1
    if report.examples < needed:
        raise FileRefused.too_few(param, report.examples, needed)
    errors = [found for found in report.diagnostics if found.severity is Severity.ERROR]
    # A validation file is never too short here: what one is compared to is the training file.
    errors = [found for found in errors if param == "training_file" or found.location.line is not None]
    if errors:
        raise FileRefused.invalid(param, _told(errors, report.counts[Severity.ERROR]))
    lines = content.removeprefix(_BOM).split(b"\n")
    return [orjson.loads(line) for line in lines if line.strip()]


def encode_all(
    examples: list[Mapping[str, Any]], encoder: Callable[[Mapping[str, Any]], Code], param: str
) -> list[Code]:
    """Encodes every example of the file `param`. Raises FileRefused when one cannot be."""
    encoded = []
    for number, example in enumerate(examples, start=1):
        try:
            encoded.append(encoder(example))
        except (KeyError, TypeError, AttributeError) as error:
            raise FileRefused.invalid(
                param, f"Example {number} has not the shape of a chat: {error!r}"
            ) from error
        except ChatRefused as error:
            raise FileRefused.invalid(
                param, f"Example {number}: {error.message} {error.hint}".rstrip()
            ) from error
    return encoded


def _told(errors: list[Diagnostic], total: int) -> str:
    first = min(errors, key=lambda found: found.location.line or 0)
    place = "" if first.location.line is None else f"Line {first.location.line}: "
    path = f" ({first.location.path})" if first.location.path else ""
    more = f" And {total - 1} more." if total > 1 else ""
    return f"{place}{first.message}{path}{more}"
