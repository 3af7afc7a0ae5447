"""What can be typed: every command with its options and actions, read from the parsers that parse it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from sentitui.cli.options import existing


@dataclass(frozen=True, slots=True)
class Option:
    """An option: its spellings, and what follows it (nothing, one of `choices`, a file, or a free value)."""

    flags: tuple[str, ...]
    help: str
    takes_value: bool
    choices: tuple[str, ...] = ()
    takes_file: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A command or action; `words` lead to it (empty: `sentitui` itself), `choices` and `takes_file` say what
    its positional arguments are."""

    words: tuple[str, ...]
    help: str
    options: tuple[Option, ...]
    children: tuple[Node, ...] = ()
    choices: tuple[str, ...] = ()
    takes_file: bool = False

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of a command, as the command declares it."""
    parser = argparse.ArgumentParser(prog=f"sentitui {name}")
    import_module(f"sentitui.cli.{name}").add_arguments(parser)
    return parser


def tree() -> Node:
    """Every command, below `sentitui` itself, which opens a file."""
    from sentitui.cli.main import COMMANDS

    children = tuple(_node((name,), text, parser_of(name)) for name, text in COMMANDS.items())
    own = (
        Option(("-h", "--help"), "tell what there is", takes_value=False),
        Option(("-V", "--version"), "tell the version", takes_value=False),
        Option(("--debug",), "write a log file without secrets", takes_value=False),
    )
    return Node((), "", own, children, takes_file=True)


def _node(words: tuple[str, ...], text: str, parser: argparse.ArgumentParser) -> Node:
    options, children, choices, takes_file = [], [], [], False
    # argparse offers no public way to ask a parser what it parses.
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            children += [
                _node((*words, name), helps.get(name, ""), sub) for name, sub in action.choices.items()
            ]
        elif action.option_strings:
            options.append(_option(action))
        else:
            choices += [str(choice) for choice in action.choices or ()]
            takes_file = takes_file or _is_file(action)
    return Node(words, text, tuple(options), tuple(children), tuple(choices), takes_file)


def _option(action: argparse.Action) -> Option:
    text = "" if action.help in (None, argparse.SUPPRESS) else str(action.help) % _Values(action)
    choices = tuple(str(choice) for choice in action.choices or ())
    return Option(tuple(action.option_strings), text, action.nargs != 0, choices, _is_file(action))


def _is_file(action: argparse.Action) -> bool:
    return action.type in (Path, existing)


class _Values(dict[str, object]):
    """What help texts may quote: `%(default)s` and the like."""

    def __init__(self, action: argparse.Action) -> None:
        super().__init__(vars(action))
