"""T001: `tools` is an array of objects."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset import paths
from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.rules.tools.view import has_tools
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    if subject.holder is None or "tools" not in subject.holder[1]:
        return
    path, value = paths.key(subject.holder[0], "tools"), subject.holder[1]["tools"]
    if value is None:
        # No source says whether null is taken for "no tools".
        yield Finding(
            "tools is null: leave the key out when there are no tools.", path, severity=Severity.HINT
        )
    elif not isinstance(value, list):
        yield Finding(f"The tools must be an array of tool objects, not {type_name(value)}.", path)
    for where, tool in subject.tools:
        if not isinstance(tool, dict):
            yield Finding(f"A tool must be an object, not {type_name(tool)}.", where)


RULE = Rule(
    code="T001",
    names=("tools-invalid",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="`tools` must be an array, and each of its elements an object.",
        why="The job is refused: the schema of a training example allows nothing else.",
        example='"tools": {"type": "function", "function": {"name": "get_weather"}}',
        instead='"tools": [{"type": "function", "function": {"name": "get_weather"}}]',
        fix="None: what was meant is not known.",
        source="openai-openapi f7f4b05, FineTuneChatRequestInput.tools",
    ),
    checks=(ExampleCheck(_check, needs=has_tools),),
)
