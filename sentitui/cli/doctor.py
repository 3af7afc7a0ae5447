"""`sentitui doctor`: what works here, what does not, and what to do about it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from sentitui.cli.options import add_provider_arguments

if TYPE_CHECKING:
    from sentitui.checkup import Fact
    from sentitui.cli.terminal import Terminal

_MARKS = {"ok": ("✓", "good"), "note": ("·", "dim"), "warn": ("!", "warn"), "fail": ("✗", "bad")}
_PLAIN = {"ok": "ok", "note": "  ", "warn": "! ", "fail": "X "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--json", action="store_true", help="print the facts as one JSON object")
    add_provider_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Prints every fact; 1 when something that the chosen provider needs is broken. Raises ConfigError."""
    import asyncio

    from sentitui.checkup import examine, healthy
    from sentitui.cli.terminal import Terminal

    facts = asyncio.run(examine(args.provider, base_url=args.base_url, api_key_env=args.api_key_env))
    well = healthy(facts)
    if args.json:
        print(json.dumps({"healthy": well, "facts": [asdict(fact) for fact in facts]}, ensure_ascii=False))
    else:
        _show(Terminal(), facts)
    return 0 if well else 1


def _show(terminal: Terminal, facts: list[Fact]) -> None:
    from sentitui.cli.terminal import pad

    width = max(len(fact.name) for fact in facts)
    topic = ""
    for fact in facts:
        if fact.topic != topic:
            terminal.line(("\n" if topic else "") + terminal.paint("bold", fact.topic))
            topic = fact.topic
        sign, role = _MARKS[fact.verdict]
        mark = sign if terminal.blocks else _PLAIN[fact.verdict]
        terminal.line(f"  {terminal.paint(role, mark)} {pad(fact.name, width)}  {fact.value}")
        if fact.advice:
            indent = " " * (width + 6 + len(mark) - 1)
            terminal.line(indent + terminal.paint("dim" if fact.verdict == "note" else role, fact.advice))
    broken = sum(fact.verdict == "fail" for fact in facts)
    terminal.line()
    terminal.line(
        terminal.paint("bad", f"{broken} needed {'thing is' if broken == 1 else 'things are'} broken.")
        if broken
        else terminal.paint("good", "Nothing that is needed is broken.")
    )
