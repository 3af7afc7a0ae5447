"""The rules sorted by what their checks look at, once."""

from __future__ import annotations

from typing import TypeVar

from sentitui.dataset.format import Format
from sentitui.dataset.rules import RULES
from sentitui.dataset.rules.rule import (
    CountCheck,
    ExampleCheck,
    FileCheck,
    GroupCheck,
    LineCheck,
    NearCheck,
    Rule,
)

_C = TypeVar("_C", FileCheck, LineCheck, ExampleCheck, GroupCheck, CountCheck, NearCheck)


def _of_kind(kind: type[_C]) -> tuple[tuple[Rule, _C], ...]:
    return tuple((rule, check) for rule in RULES for check in rule.checks if isinstance(check, kind))


FILE_CHECKS = _of_kind(FileCheck)
LINE_CHECKS = _of_kind(LineCheck)
EXAMPLE_CHECKS = _of_kind(ExampleCheck)
GROUP_CHECKS = _of_kind(GroupCheck)
COUNT_CHECKS = _of_kind(CountCheck)
NEAR_CHECKS = _of_kind(NearCheck)

EXAMPLE_CHECKS_OF = {
    form: tuple(pair for pair in EXAMPLE_CHECKS if form in pair[0].formats) for form in Format
}
