"""P003: the input of a preference example does not end with an answer."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Severity
from sentitui.dataset.format import Format
from sentitui.dataset.rules.rule import Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject


def _check(subject: Subject) -> Iterator[Finding]:
    last = subject.chat[-1] if subject.chat else None
    if last is not None and last.role == "assistant":
        yield Finding("The input ends with an assistant message; the outputs are the answers.", last.path)


RULE = Rule(
    code="P003",
    names=("pref-input-ends-assistant",),
    severity=Severity.ERROR,
    formats=frozenset({Format.PREFERENCE}),
    doc=Doc(
        what="The messages of `input` end with an assistant message.",
        why="The two outputs answer the input; an answer to an answer is refused.",
        example='"input": {"messages": [{"role": "user", ...}, {"role": "assistant", ...}]}',
        instead='"input": {"messages": [{"role": "user", ...}]}',
        fix="None: whether the message or its role is wrong is not known.",
        source="together 2.14 file checks",
    ),
    checks=(ExampleCheck(_check),),
)
