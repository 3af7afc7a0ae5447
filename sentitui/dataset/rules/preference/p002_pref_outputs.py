"""P002: both outputs of a preference example are arrays of one assistant message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules.repairs import value_at, wrap
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

KEYS = ("preferred_output", "non_preferred_output")
_WRAP = Fix("Put the message into an array", safe=True)


def _check(subject: Subject) -> Iterator[Finding]:
    for key in KEYS:
        if key not in subject.data:
            yield Finding(f"The example has no {key}.", "", "pref-missing-output")
        else:
            yield from _output(key, subject.data[key], subject.profile.limits.outputs_per_preference)


def _output(key: str, value: Any, count: int | None) -> Iterator[Finding]:
    if not isinstance(value, list):
        fix = _WRAP if isinstance(value, dict) else None
        yield Finding(
            f"{key} must be an array, not {type_name(value)}.", key, "pref-output-not-array", fix=fix
        )
        return
    if len(value) != count and (count is not None or not value):
        expected = "at least one message" if count is None else "exactly one message"
        yield Finding(f"{key} must hold {expected}; it holds {len(value)}.", key, "pref-output-count")
    roles = ("assistant",) if count is not None else ("assistant", "tool")
    for i, message in enumerate(value):
        role = message.get("role") if isinstance(message, dict) else None
        if isinstance(message, dict) and "role" in message and role not in roles:
            text = f"An output is an {' or '.join(roles)} message; this one's role is {shown(repr(role))}."
            yield Finding(text, f"{key}[{i}].role", "pref-output-role")


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return wrap(line, finding.path, b"[", b"]") if isinstance(value_at(line, finding.path), dict) else None


RULE = Rule(
    code="P002",
    names=("pref-missing-output", "pref-output-not-array", "pref-output-count", "pref-output-role"),
    severity=Severity.ERROR,
    formats=frozenset({Format.PREFERENCE}),
    doc=Doc(
        what=(
            "`preferred_output` and `non_preferred_output` must be arrays of exactly one assistant message "
            "(Azure: one or more assistant or tool messages)."
        ),
        why="The job is refused.",
        example='"preferred_output": {"role": "assistant", "content": "4"}',
        instead='"preferred_output": [{"role": "assistant", "content": "4"}]',
        fix="Safe: a single message is put into an array.",
        source="openai-openapi f7f4b05, FineTunePreferenceRequestInput; preference fine-tuning guide",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
