"""S007: a message has a role that its format does not know."""

from __future__ import annotations

from collections.abc import Iterator

from sentitui.dataset.diagnostics import Fix, Severity, shown
from sentitui.dataset.format import Format
from sentitui.dataset.json_types import type_name
from sentitui.dataset.rules import repairs
from sentitui.dataset.rules.rule import CONVERSATIONS, Doc, ExampleCheck, Finding, Rule
from sentitui.dataset.subject import Subject

_CHAT = ("system", "user", "assistant", "tool", "function")
_REINFORCEMENT = ("developer", "user", "assistant", "tool")
_MEANT = {"human": "user", "gpt": "assistant", "bot": "assistant", "model": "assistant", "ai": "assistant"}
_REPORTED_ELSEWHERE = frozenset({"developer", "system"})


def _check(subject: Subject) -> Iterator[Finding]:
    known = _REINFORCEMENT if subject.format is Format.REINFORCEMENT else _CHAT
    for turn in subject.turns:
        if "role" not in turn.data or turn.role in known or turn.role in _REPORTED_ELSEWHERE:
            continue
        path = f"{turn.path}.role"
        if turn.role is None:
            found = type_name(turn.data["role"])
            yield Finding(f"The role must be a string, one of {', '.join(known)}; it is {found}.", path)
            continue
        fix = _fix(turn.role, known)
        yield Finding(
            f"Unknown role {shown(repr(turn.role))}; expected one of {', '.join(known)}.", path, fix=fix
        )


def _fix(role: str, known: tuple[str, ...]) -> Fix | None:
    plain = role.strip().lower()
    if plain in known:
        return Fix(f"Write it as {plain}", safe=True)
    return Fix(f"Change it to {_MEANT[plain]}") if plain in _MEANT else None


def _plain(role: str) -> str:
    plain = role.strip().lower()
    return _MEANT.get(plain, plain)


def _repair(line: bytes, finding: Finding) -> bytes | None:
    return repairs.change(line, finding.path, _plain)


RULE = Rule(
    code="S007",
    names=("unknown-role",),
    severity=Severity.ERROR,
    formats=CONVERSATIONS,
    doc=Doc(
        what="A message's role is not one of its format's roles; case and spaces count.",
        why="A provider refuses the file.",
        example='{"role": "User", "content": "Hi"}',
        instead='{"role": "user", "content": "Hi"}',
        fix=(
            "Case and surrounding spaces are corrected; human, gpt, bot and model are offered as user"
            " and assistant."
        ),
        source="OpenAI's schema of chat and reinforcement examples",
    ),
    checks=(ExampleCheck(_check),),
    repair=_repair,
)
