"""Proves at parser speed that lines are ordinary conversations, which most lines of most files are.

Ordinary: `{"messages": [{"role": ..., "content": ...}, ...]}` and no other key, roles system, user and
assistant, contents strings. msgspec reads by RFC 8259 and checks encoding and shape in the same pass;
repeated keys, the one thing it does not see, are found by counting quotes: every string of the line must be
in what was decoded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import msgspec

from sentitui.dataset.checking.catalogue import ROLE_CHECKS
from sentitui.dataset.checking.examine import Setting, run_checks
from sentitui.dataset.columns import NO_ROW, Columns, Row
from sentitui.dataset.digest import hash_texts, label_of, role_seed
from sentitui.dataset.example import LABEL_LENGTH
from sentitui.dataset.format import Format
from sentitui.dataset.gates import Block
from sentitui.dataset.quick import escaped_quotes, unescaped_quotes
from sentitui.dataset.subject import Subject

_QUOTES_AROUND = 2  # the key "messages"
_QUOTES_A_MESSAGE = 8  # two keys and two strings
_MOST_SEQUENCES = 10_000  # of roles, remembered


class _Message(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    role: Literal["system", "user", "assistant"]
    content: str


class _Conversation(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    messages: list[_Message]


_strip = str.strip
_decode = msgspec.json.Decoder(_Conversation).decode


@dataclass(frozen=True, slots=True)
class _Roles:
    """What a sequence of roles decides once and for all; `system` is where the system message is."""

    seed: int
    faulty: bool
    answered: bool
    system: int | None


@dataclass(slots=True)
class Proof:
    """Lines by index: `others` are not ordinary; ordinary ones may have odd `edges` or `faulty` roles."""

    others: list[int] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    faulty: list[int] = field(default_factory=list)


class Prover:
    """Proves the lines of one block after another and puts the digests of the ordinary ones into columns."""

    def __init__(self, setting: Setting, columns: Columns) -> None:
        self._setting = setting
        self._columns = columns
        self._labels, self._systems = columns.tables["label"], columns.tables["system"]
        self._roles: dict[tuple[str, ...], _Roles] = {}

    def prove(self, block: Block) -> Proof:
        """Sorts the lines of a block; those that are not ordinary get no digest yet."""
        proof = Proof()
        rows: list[Row] = []
        sizes: list[int] = []
        for index, line in enumerate(block.lines):
            try:
                messages = _decode(line).messages
            except (ValueError, RecursionError):
                proof.others.append(index)
                rows.append(NO_ROW)
                sizes.append(0)
                continue
            sizes.append(len(messages))
            rows.append(self._take(index, messages, proof))
        self._expose_repeats(block, sizes, proof)
        self._columns.add_conversations(rows, proof.others)
        return proof

    def _take(self, index: int, messages: list[_Message], proof: Proof) -> Row:
        """Digests one ordinary conversation, and notes what it needs to be checked for."""
        names = tuple([message.role for message in messages])
        texts = [message.content for message in messages]
        roles = self._roles.get(names) or self._learn(names)
        if roles.faulty:
            proof.faulty.append(index)
        # strip() gives the same object back when there is nothing to strip, so comparing costs nothing.
        if [*map(_strip, texts)] != texts or "" in texts:
            proof.edges.append(index)
        label = system = 0
        if roles.answered and len(texts[-1]) <= LABEL_LENGTH and label_of(texts[-1]) is not None:
            label = self._labels.number(texts[-1])
        if roles.system is not None:
            system = self._systems.number(texts[roles.system])
        exact, prompt, answer = hash_texts(roles.seed, texts, answered=roles.answered)
        return exact, prompt, answer, label, system

    def _learn(self, names: tuple[str, ...]) -> _Roles:
        """Runs the rules about roles once for a sequence of roles that was not seen before."""
        messages = [{"role": name, "content": "x"} for name in names]
        subject = Subject(b"", {"messages": messages}, Format.CHAT, self._setting.profile)
        faulty = next(run_checks(ROLE_CHECKS, subject, None), None) is not None
        system = names.index("system") if "system" in names else None
        roles = _Roles(role_seed(names), faulty, names[-1:] == ("assistant",), system)
        if len(self._roles) < _MOST_SEQUENCES:
            self._roles[names] = roles
        return roles

    def _expose_repeats(self, block: Block, sizes: list[int], proof: Proof) -> None:
        """Moves lines with more strings than were decoded, so with repeated keys, to the others.

        Counting the quotes of the whole block mostly settles it.
        """
        everything = _QUOTES_AROUND * len(block.lines) + _QUOTES_A_MESSAGE * sum(sizes)
        escaped = escaped_quotes(block.escaping)
        if not proof.others and block.data.count(b'"') - escaped == everything:
            return
        others = set(proof.others)
        for index, line in enumerate(block.lines):
            expected = _QUOTES_AROUND + _QUOTES_A_MESSAGE * sizes[index]
            if index not in others and line.count(b'"') != expected and unescaped_quotes(line) != expected:
                proof.others.append(index)
        if len(proof.others) > len(others):
            proof.others.sort()
            proof.edges = [index for index in proof.edges if index not in proof.others]
            proof.faulty = [index for index in proof.faulty if index not in proof.others]
