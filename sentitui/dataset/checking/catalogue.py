"""The rules sorted by what their checks look at and by when an ordinary conversation needs them, once."""

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
    Ordinary,
    Rule,
)

_C = TypeVar("_C", FileCheck, LineCheck, ExampleCheck, GroupCheck, CountCheck, NearCheck)
ExamplePair = tuple[Rule, ExampleCheck]


def _of_kind(kind: type[_C]) -> tuple[tuple[Rule, _C], ...]:
    return tuple((rule, check) for rule in RULES for check in rule.checks if isinstance(check, kind))


FILE_CHECKS = _of_kind(FileCheck)
LINE_CHECKS = _of_kind(LineCheck)
GROUP_CHECKS = _of_kind(GroupCheck)
COUNT_CHECKS = _of_kind(CountCheck)
NEAR_CHECKS = _of_kind(NearCheck)
_EXAMPLE_CHECKS = _of_kind(ExampleCheck)

EXAMPLE_CHECKS: dict[Format, tuple[ExamplePair, ...]] = {
    form: tuple(pair for pair in _EXAMPLE_CHECKS if form in pair[0].formats) for form in Format
}
"""Every example check of a format, in the order of the rules."""

UNGATED_CHECKS: dict[Format, tuple[ExamplePair, ...]] = {
    form: tuple(pair for pair in EXAMPLE_CHECKS[form] if pair[1].gate is None) for form in Format
}
"""Those that every example which is no ordinary conversation needs."""

GATED_CHECKS: tuple[ExamplePair, ...] = tuple(pair for pair in _EXAMPLE_CHECKS if pair[1].gate is not None)
"""Those that only lines picked by their gate need."""

_CHAT = EXAMPLE_CHECKS[Format.CHAT]
ROLE_CHECKS = tuple(pair for pair in _CHAT if pair[1].ordinary is Ordinary.ROLES)
"""Those that an ordinary conversation needs when its sequence of roles is a new or a faulty one."""
EDGE_CHECKS = tuple(pair for pair in _CHAT if pair[1].ordinary is Ordinary.EDGES)
"""Those that an ordinary conversation needs when a content is empty or has white space at an end."""
