"""Checks a block of whole lines: proves most of them ordinary, and runs on the others what they need.

Yields diagnostics with lines counted from 1 in the block, and fills columns with the digests of its examples.
Nothing here knows the rest of the file.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sentitui.dataset.checking.catalogue import EDGE_CHECKS, GATED_CHECKS, ROLE_CHECKS, ExamplePair
from sentitui.dataset.checking.examine import Setting, examine_picked, run_checks
from sentitui.dataset.checking.ordinary import Proof, Prover
from sentitui.dataset.columns import NO_ROW, Columns
from sentitui.dataset.diagnostics import Diagnostic
from sentitui.dataset.digest import digest
from sentitui.dataset.format import Format
from sentitui.dataset.gates import Block
from sentitui.dataset.subject import Subject

_Picked = dict[int, list[ExamplePair]]


class BlockPass:
    """Checks one block after another, and collects their digests in `columns`."""

    def __init__(self, setting: Setting) -> None:
        self.columns = Columns()
        self.blank = 0
        self._setting = setting
        self._prover = Prover(setting, self.columns)
        chat = setting.file_format is Format.CHAT
        self._provable = chat and setting.given in (None, Format.CHAT)

    def run(self, data: bytes) -> Iterator[Diagnostic]:
        """Checks the lines of a block (a final newline ends the last one); yields what is wrong."""
        lines = data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        start = len(self.columns)
        block = Block(data, lines)
        picked = _pick(block)
        proof = self._prover.prove(block) if self._provable else self._prove_nothing(lines)
        for index in proof.others:
            yield from self._examine(lines[index], start, index, picked.pop(index, []))
        for index in proof.edges:
            picked.setdefault(index, []).extend(EDGE_CHECKS)
        for index in proof.faulty:
            picked.setdefault(index, []).extend(ROLE_CHECKS)
        for index in sorted(picked):
            yield from self._run_some(lines[index], index, picked[index])

    def _run_some(self, line: bytes, index: int, checks: list[ExamplePair]) -> Iterator[Diagnostic]:
        """Runs a few checks on an ordinary conversation."""
        subject = Subject(line, msgspec.json.decode(line), Format.CHAT, self._setting.profile)
        yield from run_checks((p for p in checks if Format.CHAT in p[0].formats), subject, index + 1)

    def _examine(self, line: bytes, start: int, index: int, gated: list[ExamplePair]) -> Iterator[Diagnostic]:
        self.blank += not line.strip()
        examined = examine_picked(line.removesuffix(b"\r"), self._setting, index + 1, gated)
        self.columns.put(start + index, digest(examined.subject) if examined.subject else None)
        yield from examined.diagnostics

    def _prove_nothing(self, lines: list[bytes]) -> Proof:
        proof = Proof(others=list(range(len(lines))))
        self.columns.add_conversations([NO_ROW] * len(lines), proof.others)
        return proof


def _pick(block: Block) -> _Picked:
    """The checks that the gates ask for, by line index."""
    picked: _Picked = {}
    for pair in GATED_CHECKS:
        gate = pair[1].gate
        if gate is not None:
            for index in gate(block):
                picked.setdefault(index, []).append(pair)
    return picked
